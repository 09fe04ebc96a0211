// Bundles each function into one module and zips it, byte for byte the same every time, for serverless.yml to take.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

const FOLDER = 'build/functions';
/** The oldest time that a zip can say. */
const ALWAYS = new Date(1980, 0, 1);

await rm(FOLDER, { recursive: true, force: true });
for (const file of await readdir('functions')) {
  const name = basename(file, '.ts');
  const { outputFiles } = await build({
    entryPoints: [join('functions', file)],
    outfile: join(FOLDER, name, 'index.mjs'),
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
  const [{ contents }] = outputFiles;
  await mkdir(join(FOLDER, name), { recursive: true });
  await writeFile(join(FOLDER, name, 'index.mjs'), contents);
  const zip = zipSync({ 'index.mjs': [contents, { mtime: ALWAYS, level: 9 }] });
  await writeFile(join(FOLDER, `${name}.zip`), zip);
  process.stdout.write(
    `${name}: ${Math.round(contents.length / 1024)} KiB, ${Math.round(zip.length / 1024)} KiB zipped\n`,
  );
}
