// Bundles and zips each function for serverless.yml to take.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bundle } from './bundle.mjs';

const FOLDER = 'build/functions';

await rm(FOLDER, { recursive: true, force: true });
for (const file of await readdir('functions')) {
  const name = basename(file, '.ts');
  const { module, zip } = await bundle(join('functions', file));
  await mkdir(join(FOLDER, name), { recursive: true });
  await writeFile(join(FOLDER, name, 'index.mjs'), module);
  await writeFile(join(FOLDER, `${name}.zip`), zip);
  const kib = (bytes) => Math.round(bytes.length / 1024);
  process.stdout.write(`${name}: ${kib(module)} KiB, ${kib(zip)} KiB zipped\n`);
}
