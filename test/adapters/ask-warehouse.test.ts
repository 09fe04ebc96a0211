// Which source answers a question, and what is said of it.
import { describe, expect, it } from 'vitest';
import { readQuestion } from '../../src/adapters/query-files.ts';
import { NO_SETTINGS } from '../../src/adapters/settings-file.ts';
import { sourceLines } from '../../src/adapters/warehouse/answer-source.ts';
import { type AnsweredFrom, askWarehouse, type Source } from '../../src/adapters/warehouse/ask-warehouse.ts';
import { placesOf } from '../../src/adapters/warehouse/places.ts';
import type { WarehouseRow } from '../../src/adapters/warehouse/warehouse.ts';
import { ScriptedWarehouse } from '../support/scripted-warehouse.ts';

const SAID: Record<string, string> = {
  bucket: 's3://trail-bucket/',
  accounts: '111122223333',
  regions: 'us-east-1',
};
const TRAIL = placesOf('trino', (name) => SAID[name]);
const NO_TRAIL = placesOf('trino', () => undefined);
const NOW = new Date('2026-10-05T18:00:00Z');
const FINAL = { day: '2026-10-04', is_final: true, rolled_up_at: '2026-10-06T01:00:00Z' };
const EARLY = { day: '2026-10-05', is_final: false, rolled_up_at: '2026-10-05T02:00:00Z' };

interface Asked {
  source?: Source;
  since?: string;
  until?: string;
  places?: typeof TRAIL;
}

/** What the answer is from, over a history of these days. */
async function askedOf(
  days: WarehouseRow[],
  { source = 'auto', places = TRAIL, ...ends }: Asked,
): Promise<AnsweredFrom | null> {
  const warehouse = new ScriptedWarehouse({ answer: (sql) => (sql.includes('roll_ups') ? days : undefined) });
  const values = Object.fromEntries(Object.entries(ends).map(([name, time]) => [name, new Date(time)]));
  let from: AnsweredFrom | null = null;
  const asked = {
    question: readQuestion('failed-assumptions'),
    values,
    source,
    settings: NO_SETTINGS,
    now: NOW,
  };
  for await (const _ of askWarehouse(warehouse, places, asked, {
    from: (said) => {
      from = said;
    },
    beforeLogFiles: async () => {},
  }));
  return from;
}

describe('askWarehouse', () => {
  it('asks the history for what was rolled up to its end', async () => {
    const day = { since: '2026-10-04T00:00:00Z', until: '2026-10-05T02:00:00Z' };
    expect((await askedOf([FINAL, EARLY], day))?.source).toBe('history');
  });

  it.each([
    [
      'hours after the roll-up of their day',
      { since: '2026-10-05T01:00:00Z', until: '2026-10-05T03:00:00Z' },
    ],
    ['a range to this moment', { since: '2026-10-04T18:00:00Z' }],
  ])('asks the log files for %s', async (_, range) => {
    expect((await askedOf([FINAL, EARLY], range))?.source).toBe('logs');
  });

  it('asks the history as a whole where no end is given, and says until when it is complete', async () => {
    const from = await askedOf([FINAL, EARLY], {});
    expect(from).toMatchObject({ source: 'history', coverage: { completeUntil: '2026-10-05' } });
  });

  it('says of an answer from the history what it lacks', async () => {
    const from = await askedOf([EARLY], { source: 'history', since: '2026-10-04T18:00:00Z' });
    expect(from === null ? [] : sourceLines(from, TRAIL)).toEqual([
      expect.stringContaining('not complete for the first day'),
      'not in the history: 2026-10-04: roll them up',
      'rolled up before the end of what was asked: 2026-10-05 at 02:00',
    ]);
  });

  it('names what the history lacks where it does not know of log files', async () => {
    const range = { since: '2026-10-04T00:00:00Z', places: NO_TRAIL };
    await expect(askedOf([EARLY], range)).rejects.toThrow(
      'the history lacks 2 days (first: 2026-10-04): roll up what is asked for, ask for what is there (--source history), or give --bucket',
    );
    await expect(askedOf([FINAL, EARLY], range)).rejects.toThrow('lacks 1 day (first: 2026-10-05)');
    await expect(askedOf([], range)).rejects.toThrow('there is no history: roll up');
  });
});
