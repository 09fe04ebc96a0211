// Owns the claims about local log files: what a walk finds, in which order, what it leaves out, and the bytes read.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, link, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FindOptions,
  type Found,
  findLogFiles,
  openLogFile,
} from '../../src/adapters/find-log-files.ts';
import { collect } from '../support/collect.ts';

const NAME = '111122223333_CloudTrail_us-east-1_20230710T1145Z_s7dpHbl38neqZbm2.json.gz';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'podtrail-find-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
}

/** What was found, as `kind path: reason` with paths below the test's folder. */
async function find(paths: readonly string[], options?: FindOptions): Promise<string[]> {
  const lines: string[] = [];
  for (const found of await findAll(paths, options)) {
    const text =
      found.kind === 'file' ? `file ${found.file.path}` : `${found.kind} ${found.path}: ${found.reason}`;
    lines.push(text.replaceAll(`${root}/`, ''));
  }
  return lines;
}

function findAll(paths: readonly string[], options?: FindOptions): Promise<Found[]> {
  return collect(findLogFiles(paths, options));
}

async function versionOf(path: string): Promise<string> {
  const [found] = await findAll([path]);
  if (found?.kind !== 'file') throw new Error(`not found: ${path}`);
  return found.file.version;
}

async function readAll(path: string): Promise<string> {
  return Buffer.concat(await collect(openLogFile(path))).toString();
}

describe('walking folders', () => {
  it('finds every file at any depth, hidden and empty ones too, for their content decides', async () => {
    await write({ 'logs/a/b/c/deep.json': '{}', 'logs/.DS_Store': 'x', 'logs/empty.json': '' });
    expect(await find([join(root, 'logs')])).toEqual([
      'file logs/.DS_Store',
      'file logs/a/b/c/deep.json',
      'file logs/empty.json',
    ]);
  });

  it('goes by code points of the whole path, as S3 does', async () => {
    const names = [
      'B.json',
      'a-b.json',
      'a.json',
      'a/z.json',
      'a0.json',
      'é.json',
      '\u{ff5e}.json',
      '\u{1f600}.json',
    ];
    await write(Object.fromEntries(names.map((name) => [name, '{}'])));
    expect(await find([root])).toEqual(names.map((name) => `file ${name}`));
  });

  it('joins paths as they were given', async () => {
    await write({ 'logs/a.json': '{}' });
    for (const given of ['logs', 'logs/', './logs'].map((path) => join(root, path))) {
      expect(await find([given])).toEqual(['file logs/a.json']);
    }
    expect.assertions(3);
  });

  it('finds many files in one folder', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `${String(at).padStart(4, '0')}.json`);
    await write(Object.fromEntries(names.map((name) => [name, '{}'])));
    expect(await find([root])).toEqual(names.map((name) => `file ${name}`));
  });

  it('rejects what is not there, with its reason, and goes on', async () => {
    await write({ 'a.json': '{}' });
    await symlink('loop-2', join(root, 'loop-1'));
    await symlink('loop-1', join(root, 'loop-2'));
    const paths = ['none', 'a.json/b', 'loop-1', 'x'.repeat(300), 'a.json'].map((path) => join(root, path));
    expect(await find(['', ...paths])).toEqual([
      'rejected : no such file or folder',
      'rejected none: no such file or folder',
      'rejected a.json/b: no such file or folder: a part of the path is not a folder',
      'rejected loop-1: symbolic link loop',
      `rejected ${'x'.repeat(300)}: the path is too long`,
      'file a.json',
    ]);
  });

  it('rejects a name that is not UTF-8 instead of looking for another', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), '{}');
    expect(await find([root])).toEqual(['rejected caf\ufffd: the name is not valid UTF-8: rename the file']);
  });
});

describe('the same file reached twice', () => {
  it('is read once, whichever way it was reached first', async () => {
    await write({ 'logs/a.json': '{}', 'logs/sub/b.json': '{}' });
    await symlink('logs/a.json', join(root, 'link.json'));
    await link(join(root, 'logs/a.json'), join(root, 'hard.json'));
    const paths = ['link.json', 'logs', 'logs/sub/b.json', 'logs/sub', 'logs', 'hard.json'];
    expect(await find(paths.map((path) => join(root, path)))).toEqual([
      'file link.json',
      'skipped logs/a.json: already found as link.json',
      'file logs/sub/b.json',
      'skipped logs/sub/b.json: already found',
      'skipped logs/sub: already found',
      'skipped logs: already found',
      'skipped hard.json: already found as link.json',
    ]);
  });

  it('ends where links lead around in a circle', async () => {
    await write({ 'logs/a/x.json': '{}', 'other/y.json': '{}' });
    await symlink('..', join(root, 'logs/a/up'));
    await symlink('../../other', join(root, 'logs/a/other-1'));
    await symlink('../../other', join(root, 'logs/a/other-2'));
    await symlink('self', join(root, 'logs/self'));
    await symlink('nowhere', join(root, 'logs/dangling'));
    expect(await find([join(root, 'logs')])).toEqual([
      'file logs/a/other-1/y.json',
      'skipped logs/a/other-2: already found as logs/a/other-1',
      'skipped logs/a/up: symbolic link loop',
      'file logs/a/x.json',
      'rejected logs/dangling: a symbolic link to nothing, or removed while the folder was read',
      'skipped logs/self: symbolic link loop',
    ]);
  });
});

describe('what is no regular file', () => {
  it('is skipped in a folder, but a FIFO given by its path is read', async () => {
    const fifo = join(root, 'pipe');
    await promisify(execFile)('mkfifo', [fifo]);
    const server = createServer().listen(join(root, 'socket'));
    await once(server, 'listening');
    expect(await find([root])).toEqual([
      'skipped pipe: not a regular file',
      'skipped socket: not a regular file',
    ]);
    expect(await findAll([fifo])).toEqual([
      { kind: 'file', file: { path: fifo, version: expect.stringMatching(/^stream-/), size: null } },
    ]);
    expect(await versionOf(fifo)).not.toBe(await versionOf(fifo));
    expect(await find([join(root, 'socket')])).toEqual(['rejected socket: not a regular file']);
    const [text] = await Promise.all([readAll(fifo), writeFile(fifo, 'from a pipe')]);
    expect(text).toBe('from a pipe');
    server.close();
  });
});

describe('a time range', () => {
  const day = 'AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10';

  it('leaves out files that were delivered outside it, and reads what does not say when it was delivered', async () => {
    await write({
      [`${day}/${NAME}`]: '',
      [`${day}/${NAME.replace('T1145Z', 'T1250Z')}`]: '',
      [`${day}/${NAME.replace('10T1145Z', '12T1250Z')}`]: '',
      [`${day}/111122223333_CloudTrail_us-east-1-20200101T0000.json`]: '',
      'notes.json': '',
    });
    const range = { since: new Date('2023-07-10T12:00:00Z'), until: new Date('2023-07-10T13:00:00Z') };
    expect(await find([root], range)).toEqual([
      `file ${day}/111122223333_CloudTrail_us-east-1-20200101T0000.json`,
      `skipped ${day}/${NAME}: delivered outside the time range`,
      `file ${day}/${NAME.replace('T1145Z', 'T1250Z')}`,
      `skipped ${day}/${NAME.replace('10T1145Z', '12T1250Z')}: delivered outside the time range`,
      'file notes.json',
    ]);
    expect(await find([join(root, day, NAME)], range)).toEqual([
      `skipped ${day}/${NAME}: delivered outside the time range`,
    ]);
  });
});

describe('the version', () => {
  it('stays while the file does, and changes with its size or its time', async () => {
    const path = join(root, 'a.json');
    await write({ 'a.json': '{}' });
    const first = await versionOf(path);
    expect(await versionOf(path)).toBe(first);
    await utimes(path, 1_700_000_000.25, 1_700_000_000.25);
    const touched = await versionOf(path);
    expect(touched).toBe('2-1700000000250000000');
    await writeFile(path, '{ }');
    await utimes(path, 1_700_000_000.25, 1_700_000_000.25);
    expect(await versionOf(path)).toBe('3-1700000000250000000');
    expect(new Set([first, touched]).size).toBe(2);
  });
});

describe('reading', () => {
  const large = 'podtrail '.repeat(200_000);

  it('gives the bytes as they are stored, in large chunks', async () => {
    await write({ 'a.json': large });
    const chunks = await collect(openLogFile(join(root, 'a.json')));
    expect(Buffer.concat(chunks).toString() === large).toBe(true);
    expect(chunks.length).toBe(Math.ceil(large.length / (512 * 1024)));
  });

  it('gives nothing of an empty file', async () => {
    await write({ 'a.json': '' });
    expect(await collect(openLogFile(join(root, 'a.json')))).toEqual([]);
  });

  it('ends where a growing file ended when it was opened', async () => {
    await write({ 'a.json': large });
    let length = 0;
    for await (const chunk of openLogFile(join(root, 'a.json'))) {
      if (length === 0) await appendFile(join(root, 'a.json'), large);
      length += chunk.length;
    }
    expect(length).toBe(large.length);
  });

  it('goes on with a file that is removed meanwhile', async () => {
    await write({ 'a.json': large });
    let length = 0;
    for await (const chunk of openLogFile(join(root, 'a.json'))) {
      if (length === 0) await rm(join(root, 'a.json'));
      length += chunk.length;
    }
    expect(length).toBe(large.length);
  });

  it('fails on a file that becomes shorter, for what was read of it is neither the old nor the new', async () => {
    await write({ 'a.json': large });
    const reading = (async () => {
      for await (const _ of openLogFile(join(root, 'a.json'))) await truncate(join(root, 'a.json'), 10);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'file-changed', retryable: true });
  });

  it('fails with the path and the reason where there is nothing to read', async () => {
    const path = join(root, 'none.json');
    await expect(readAll(path)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `${path}: no such file or folder`,
      retryable: false,
    });
    await expect(readAll(root)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `${root}: is a folder`,
    });
  });
});
