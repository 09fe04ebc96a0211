// Runs the benchmarks.
export {};
