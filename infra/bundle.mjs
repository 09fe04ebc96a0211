// Makes one module of a function, and of that a zip, byte for byte the same every time.
import { build } from 'esbuild';
import { zipSync } from 'fflate';

/** The oldest time that a zip can say. */
const ALWAYS = new Date(1980, 0, 1);

/** @returns {Promise<{module: Uint8Array, zip: Uint8Array}>} what `file` and all that it imports become; the zip holds `index.mjs` */
export async function bundle(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    outfile: 'index.mjs',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    mainFields: ['module', 'main'],
    // CommonJS modules within the bundle require Node's own, which ESM has no word for.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    write: false,
  });
  const [{ contents: module }] = outputFiles;
  return { module, zip: zipSync({ 'index.mjs': [module, { mtime: ALWAYS, level: 9 }] }) };
}
