// A temporary folder goes with its command, also while a thread still writes into it.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { inTemporaryFolder } from '../../src/adapters/temporary-folder.ts';

/** Writes file after file for so long, or until their folder is gone. */
const WRITER = `
  const { writeFileSync } = require('node:fs');
  const { parentPort, workerData } = require('node:worker_threads');
  const end = Date.now() + 400;
  parentPort.postMessage('writing');
  for (let n = 0; Date.now() < end; n++) {
    try { writeFileSync(workerData + '/part-' + n, ''); } catch { break; }
  }`;

it('is gone though a thread wrote into it while it was removed', async () => {
  for (let run = 0; run < 5; run++) {
    const folder = await inTemporaryFolder(join(tmpdir(), 'podtrail-'), async (path) => {
      const writer = new Worker(WRITER, { eval: true, workerData: path });
      await new Promise((resolve) => writer.once('message', resolve));
      return path;
    });
    expect(existsSync(folder)).toBe(false);
  }
});
