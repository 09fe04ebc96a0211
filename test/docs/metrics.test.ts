// What docs/deploy.md says of the metrics: each of them, and how many series there can be.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.ts';
import { METRIC_NAMES } from '../../src/live/metrics.ts';

const text = readFileSync('docs/deploy.md', 'utf8');
const ROW = /^[|] ((?:`[A-Z]\w+`(?:, )?)+) [|] ((?:none|`[A-Z]).*) [|]$/gm;
const rows = [...text.matchAll(ROW)].map(([, names = '', by = '']) => ({
  names: names.replaceAll('`', '').split(', '),
  by,
}));

it('names each metric once, with its dimensions', () => {
  expect(rows.flatMap(({ names }) => names).sort()).toEqual([...METRIC_NAMES].sort());
});

it('counts the series that there can be', () => {
  const without = rows.filter(({ by }) => by.startsWith('none')).flatMap(({ names }) => names).length;
  // And the one of all workloads that are not named.
  const [always, ofNamespace] = [without + 1, MECHANISMS + CATALOGUE.length + 1 + 1];
  expect(text).toContain(`At most ${always} + (n + 1) × ${ofNamespace} + w + 2 × c series`);
});

/** irsa, pod-identity, web-identity, assumed. */
const MECHANISMS = 4;
