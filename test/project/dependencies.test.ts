// Dependencies: pinned, each with its reason in CONTRIBUTING.md, and under licences that let anybody use podtrail.
import { describe, expect, it } from 'vitest';
import { contentOf } from './tracked-files.ts';

interface Package {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
interface LockedPackage {
  version?: string;
  license?: string;
  dev?: boolean;
  resolved?: string;
}

const manifest = JSON.parse(contentOf('package.json')) as Package;
const lock = JSON.parse(contentOf('package-lock.json')) as { packages: Record<string, LockedPackage> };
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Free to use in anything, as long as the notice stays. */
const PERMISSIVE = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  '0BSD',
  'Python-2.0',
  'Unlicense',
  'BSD-2-Clause',
  'BSD-3-Clause',
]);

function reasons(): [name: string, reason: string][] {
  const section = contentOf('CONTRIBUTING.md')
    .split('\n## ')
    .find((part) => part.startsWith('Dependencies'));
  const rows = [...(section ?? '').matchAll(/^\| `(?<name>[^`]+)` \| (?<reason>.+) \|$/gm)];
  return rows.map(({ groups }) => [groups?.name ?? '', groups?.reason ?? '']);
}

describe('dependencies', () => {
  it('have a reason in CONTRIBUTING.md each, and nothing else has', () => {
    expect(reasons().map(([name]) => name)).toEqual([
      ...Object.keys(manifest.dependencies).sort(),
      ...Object.keys(manifest.devDependencies).sort(),
    ]);
    for (const [, reason] of reasons()) expect(reason.length).toBeGreaterThan(20);
  });

  it('are pinned to the version that is installed', () => {
    const direct = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(direct.length).toBeGreaterThan(10);
    for (const [name, version] of direct) {
      expect(`${name} ${version}`).toBe(`${name} ${lock.packages[`node_modules/${name}`]?.version}`);
    }
  });

  it('come from wherever a machine gets its packages, not from one host', () => {
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('are under permissive licences, as far as users install them', () => {
    const shipped = installed.filter(([, { dev }]) => dev !== true);
    expect(shipped.length).toBeGreaterThan(10);
    expect(shipped.filter(([, { license }]) => !PERMISSIVE.has(license ?? ''))).toEqual([]);
  });
});
