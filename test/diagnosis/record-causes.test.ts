// What the live path can know of a failure is judged by fewer causes, and never otherwise than by the whole catalogue.
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Facts } from '../../src/diagnosis/facts.ts';
import { judge } from '../../src/diagnosis/judge.ts';
import { RECORD_CAUSES } from '../../src/diagnosis/record-causes.ts';
import { CAUSE_FIXTURES } from './cause-fixtures.ts';

/** Of all facts those that the live path has: the record's, the role and the providers. */
function ofRecord({ attempt, aws }: Facts): Facts {
  if (aws === undefined) return { attempt };
  const { role, providers, accountId } = aws;
  return {
    attempt,
    aws: {
      unread: [],
      ...(role === undefined ? {} : { role }),
      ...(providers === undefined ? {} : { providers }),
      ...(accountId === undefined ? {} : { accountId }),
    },
  };
}

describe('the causes that records show', () => {
  it('stand in the order of the catalogue', () => {
    const ids = RECORD_CAUSES.map(({ id }) => id);
    expect(ids).toEqual(CATALOGUE.map(({ id }) => id).filter((id) => ids.includes(id)));
    expect(ids.length).toBe(new Set(ids).size);
    expect(RECORD_CAUSES.length).toBeLessThan(CATALOGUE.length);
  });

  const known = Object.entries(CAUSE_FIXTURES).flatMap(([id, { shows, misses }]) =>
    [shows, misses].map((facts): [string, Facts] => [id, ofRecord(facts)]),
  );

  it('are the likeliest of all, whatever fails', () => {
    const firsts = known.map(([id, facts]) => [id, judge(facts, RECORD_CAUSES).found[0]?.cause.id]);
    expect(firsts).toEqual(known.map(([id, facts]) => [id, diagnose(facts).found[0]?.cause.id]));
    expect(new Set(firsts.map(([, first]) => first)).size).toBeGreaterThan(20);
  });
});
