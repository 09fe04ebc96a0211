// The files of this repository as git knows them: those that are tracked, and new ones that it does not ignore.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Paths relative to the root, sorted; those below one of `folders` where it is given. */
export function trackedFiles(...folders: string[]): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...folders],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(ROOT + path)).sort();
}

export function contentOf(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}
