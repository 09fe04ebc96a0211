// Builds dist/: the command-line program, the load worker, the benchmarks and the replay, each one bundled ES module.
// Packages stay outside the bundles: DuckDB is native, and the S3 client is loaded only when an s3:// path is read.
// Every file is swapped in whole and the stale ones go last, so that a program that starts meanwhile finds its files.
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const common = {
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // File names and lines for stack traces; the sources themselves are in the repository.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  write: false,
};
const builds = await Promise.all([
  build({
    ...common,
    entryPoints: { podtrail: 'cli/podtrail.ts', 'load-worker': 'src/adapters/load-worker.ts' },
  }),
  // What only developers run shares no chunk with what is published.
  build({
    ...common,
    chunkNames: 'dev-chunk-[hash]',
    entryPoints: {
      bench: 'bench/bench.ts',
      'duckdb-baseline': 'bench/duckdb-baseline.ts',
      'bench-trino': 'bench/trino.ts',
      'bench-live': 'bench/live.ts',
      'bench-diagnosis': 'bench/diagnosis.ts',
      replay: 'infra/replay.ts',
    },
  }),
]);
const outputFiles = builds.flatMap((one) => one.outputFiles);

await mkdir('dist', { recursive: true });
const built = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
// Chunks before the programs that import them.
for (const name of [...built.keys()].sort((a, b) => Number(!isChunk(a)) - Number(!isChunk(b)))) {
  const fresh = join('dist', `.${name}.${process.pid}`);
  await writeFile(fresh, built.get(name));
  if (name === 'podtrail.js') await chmod(fresh, 0o755);
  await rename(fresh, join('dist', name));
}
for (const name of await readdir('dist')) {
  // A dot file is another build's, on its way.
  if (!built.has(name) && !name.startsWith('.'))
    await rm(join('dist', name), { recursive: true, force: true });
}

function isChunk(name) {
  return /^(dev-)?chunk-/.test(name);
}
