// The type checker knows no more of JavaScript than the oldest Node that podtrail runs on.
import { describe, expect, it } from 'vitest';
import { contentOf } from './tracked-files.ts';

describe('what is younger than Node 20', () => {
  it('is unknown to the type checker, which fails here where it is not', () => {
    const young = [
      // @ts-expect-error of Node 22
      () => Array.fromAsync,
      // @ts-expect-error of Node 22
      () => [1].values().map,
      // @ts-expect-error of Node 22
      () => new Set([1]).union,
      // @ts-expect-error of Node 22
      () => Promise.withResolvers,
      // @ts-expect-error of Node 21
      () => Object.groupBy,
    ];
    expect(young).toHaveLength(5);
  });

  it('is kept out by the version that package.json asks for', () => {
    expect(JSON.parse(contentOf('package.json'))).toMatchObject({ engines: { node: '>=20.19' } });
    expect(contentOf('build.mjs')).toContain("target: 'node20'");
  });
});
