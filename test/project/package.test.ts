// What users get: the packed program with its queries and documents, and nothing of how it was made.
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { machineTraces } from './rules.ts';
import { contentOf, ROOT, trackedFiles } from './tracked-files.ts';

// The program was built before the tests; building again would pull it from under those that run it.
const command = ['pack', '--dry-run', '--json', '--ignore-scripts'];
const [packed] = JSON.parse(execFileSync('npm', command, { cwd: ROOT, encoding: 'utf8' })) as {
  files: { path: string; mode: number }[];
}[];
const paths = (packed?.files ?? []).map(({ path }) => path);

describe('the package', () => {
  it('holds the program, the load worker, every query and every document', () => {
    const needed = ['README.md', 'LICENSE', 'package.json', 'dist/podtrail.js', 'dist/load-worker.js'];
    expect(paths).toEqual(expect.arrayContaining([...needed, ...trackedFiles('queries', 'docs')]));
  });

  it('holds nothing else', () => {
    const known = /^(README\.md|LICENSE|package\.json|dist\/[\w-]+\.js(\.map)?|(queries|docs)\/.+)$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
    expect(paths.filter((path) => /bench|baseline|test/.test(path))).toEqual([]);
  });

  it('tells nobody where it was built, and carries no source text', () => {
    const built = paths.filter((path) => path.startsWith('dist/'));
    expect(built.length).toBeGreaterThan(4);
    for (const path of built) {
      const text = contentOf(path);
      expect(text.includes(ROOT)).toBe(false);
      expect(machineTraces(text)).toEqual([]);
      if (!path.endsWith('.map')) continue;
      const { sources, sourcesContent } = JSON.parse(text) as { sources: string[]; sourcesContent?: unknown };
      expect(sources.filter((source) => !/^\.\.\/(src|cli)\//.test(source))).toEqual([]);
      expect(sourcesContent).toBeUndefined();
    }
  });

  it('can be run', () => {
    expect((packed?.files.find(({ path }) => path === 'dist/podtrail.js')?.mode ?? 0) & 0o111).toBe(0o111);
  });
});
