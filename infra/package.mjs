// Bundles and zips each function for serverless.yml to take.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bundle } from './bundle.mjs';

const FOLDER = 'build/functions';

await rm(FOLDER, { recursive: true, force: true });
for (const file of await readdir('functions')) {
  const name = basename(file, '.ts');
  const { files, zip } = await bundle(join('functions', file));
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(join(FOLDER, name, dirname(path)), { recursive: true });
    await writeFile(join(FOLDER, name, path), bytes);
  }
  await writeFile(join(FOLDER, `${name}.zip`), zip);
  const kib = (bytes) => Math.round(bytes.length / 1024);
  process.stdout.write(`${name}: ${kib(files['index.mjs'])} KiB, ${kib(zip)} KiB zipped\n`);
}
