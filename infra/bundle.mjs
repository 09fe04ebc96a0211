// Makes one module of a function, and of that a zip, byte for byte the same every time.
import { readdir, readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

/** The oldest time that a zip can say. */
const ALWAYS = new Date(1980, 0, 1);

/**
 * What `file` and all that it imports become: `index.mjs`, and the questions where it asks any.
 * @returns {Promise<{files: Record<string, Uint8Array>, zip: Uint8Array}>}
 */
export async function bundle(file) {
  const { outputFiles, metafile } = await build({
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
    metafile: true,
  });
  const [{ contents: module }] = outputFiles;
  const files = { 'index.mjs': module };
  if ('src/adapters/query-files.ts' in metafile.inputs) Object.assign(files, await questionFiles());
  const zip = Object.entries(files).map(([path, bytes]) => [path, [bytes, { mtime: ALWAYS, level: 9 }]]);
  return { files, zip: zipSync(Object.fromEntries(zip)) };
}

/** queries/, and the package.json by which `#queries/` leads there. */
async function questionFiles() {
  const { type, imports } = JSON.parse(await readFile('package.json', 'utf8'));
  const map = { type, imports: { '#queries/*': imports['#queries/*'] } };
  const files = { 'package.json': Buffer.from(JSON.stringify(map)) };
  for (const path of (await readdir('queries', { recursive: true })).sort())
    if (path.endsWith('.sql')) files[`queries/${path}`] = await readFile(`queries/${path}`);
  return files;
}
