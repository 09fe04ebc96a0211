// Builds dist/: the command-line program, the load worker and the benchmark runner, each one bundled ES module.
// Packages stay outside the bundles: DuckDB is native, and the S3 client is loaded only when an s3:// path is read.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    podtrail: 'cli/podtrail.ts',
    'load-worker': 'src/adapters/load-worker.ts',
    bench: 'bench/bench.ts',
    'duckdb-baseline': 'bench/duckdb-baseline.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
});
