// Each cause of the catalogue is found where its fixture shows it, and not where the near miss only nearly does; how each reads is golden.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.ts';
import { commandFor } from '../../src/diagnosis/command.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { reportOf } from '../../src/diagnosis/report.ts';
import { diagnosisText } from '../../src/report/diagnosis-text.ts';
import { CAUSE_FIXTURES } from './cause-fixtures.ts';

const TEXTS = new URL('texts/', import.meta.url);

/** Causes that stand beside a surer one in their own fixture: they are found there, and not first. */
const SECOND = [
  'annotation-other-account',
  'throttled',
  'trust-invalid',
  'audience-not-in-client-ids',
  'cross-account-provider-missing',
];

describe('the catalogue', () => {
  it('has a fixture for every cause, and no other', () => {
    expect(Object.keys(CAUSE_FIXTURES).sort()).toEqual(CATALOGUE.map(({ id }) => id).sort());
  });

  it('names each cause once, with everything that its reader needs', () => {
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
    for (const { id, links, actions, tell, symptoms, prints } of CATALOGUE) {
      expect([id, /^[a-z]+(-[a-z]+)*$/.test(id)]).toEqual([id, true]);
      expect([id, links.every((link) => link.startsWith('https://')), links.length > 0]).toEqual([
        id,
        true,
        true,
      ]);
      expect([id, actions.length > 0, tell.length > 0]).toEqual([id, true, true]);
      expect([id, prints.length]).toEqual([id, symptoms.length]);
      for (const [place, { pattern }] of symptoms.entries()) {
        const text = prints[place] ?? '';
        expect([text, pattern.test(text)]).toEqual([text, true]);
        // A hostile line would have each be tried from everywhere to everywhere.
        expect(pattern.source).not.toMatch(/(\.|\\S)[*+]/);
      }
    }
  });
});

describe.each(CATALOGUE.map(({ id }) => id))('%s', (id) => {
  const { shows, misses } = CAUSE_FIXTURES[id] ?? { shows: { attempt: {} }, misses: { attempt: {} } };

  it('is found where the facts show it', () => {
    const found = diagnose(shows).found.map(({ cause }) => cause.id);
    expect(found).toContain(id);
    if (!SECOND.includes(id)) expect(found[0]).toBe(id);
  });

  it('is not found where they only nearly do', () => {
    const found = diagnose(misses).found.map(({ cause, certainty }) => [cause.id, certainty]);
    expect(found.filter(([name]) => name === id)).toEqual([]);
  });

  it('reads as it is kept', () => {
    const text = diagnosisText(reportOf(diagnose(shows)));
    const path = new URL(`${id}.txt`, TEXTS);
    if (process.env.UPDATE_GOLDEN !== undefined) {
      mkdirSync(TEXTS, { recursive: true });
      writeFileSync(path, text);
    }
    expect(existsSync(path)).toBe(true);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });
});

describe('the commands', () => {
  it('have no name that is never filled in', () => {
    const about = diagnose({ attempt: {} }).about;
    const names = new Set(
      CATALOGUE.flatMap(({ actions, tell }) => [tell, ...actions.map(({ command }) => command)]).flatMap(
        (command) => commandFor(command, about).match(/<[a-z-]+>/g) ?? [],
      ),
    );
    const known = [
      'account',
      'association',
      'audience',
      'cluster',
      'cluster-arn',
      'issuer',
      'namespace',
      'pod',
    ];
    const more = [
      'provider-arn',
      'region',
      'role',
      'role-arn',
      'service-account',
      'vpc',
      'denied-action',
      'denied-role',
      'denied-role-arn',
      'target-role',
    ];
    /** What nothing that podtrail reads tells. */
    const asked = ['bucket', 'deployment', 'instance', 'name', 'node-role', 'seconds', 'thumbprint'];
    expect([...names].map((name) => name.slice(1, -1)).sort()).toEqual(
      [...known, ...more, ...asked].filter((name) => name !== 'audience').sort(),
    );
  });
});
