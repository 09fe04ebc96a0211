// Makes sure that the worker thread of a load is built from the sources as they are now.
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = new URL('../../', import.meta.url);
const WORKER = new URL('dist/load-worker.js', ROOT);

/** Builds only where the worker is absent or older than a source, because a build takes `dist` away for a moment. */
export async function buildWorker(): Promise<void> {
  const builtAt = statSync(WORKER, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' });
  const isBehind = sources.some((path) => statSync(new URL(`src/${path}`, ROOT)).mtimeMs > builtAt);
  if (isBehind) await promisify(execFile)(process.execPath, ['build.mjs'], { cwd: fileURLToPath(ROOT) });
}
