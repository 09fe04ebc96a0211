// CONTRIBUTING.md is true: its commands exist, and so does what it points at.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contentOf, ROOT } from './tracked-files.ts';

const text = contentOf('CONTRIBUTING.md');
const { scripts } = JSON.parse(contentOf('package.json')) as { scripts: Record<string, string> };

describe('CONTRIBUTING.md', () => {
  it('shows npm scripts only, and only those that exist', () => {
    const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
    const commands = blocks
      .flatMap((block) => block.trim().split('\n'))
      .map((line) => line.replace(/\s+#.*/, ''));
    expect(commands.length).toBeGreaterThan(5);
    const own = ['npm ci', 'npm test', ...Object.keys(scripts).map((script) => `npm run ${script}`)];
    expect(commands.filter((command) => !own.some((known) => `${command} `.startsWith(`${known} `)))).toEqual(
      [],
    );
  });

  it('names files and folders that are there', () => {
    const named = [...text.matchAll(/`((?:src|cli|queries|test|bench|docs|[.]ci)\/[\w./-]*)`/g)].map(
      ([, path]) => path ?? '',
    );
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((path) => !existsSync(ROOT + path))).toEqual([]);
  });
});
