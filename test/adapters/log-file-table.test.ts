// Which partitions of the log file table a time range needs, and which ranges it cannot answer.
import { describe, expect, it } from 'vitest';
import { NO_SETTINGS } from '../../src/adapters/settings-file.ts';
import { partitionsOf } from '../../src/adapters/warehouse/log-file-table.ts';
import { placesOf } from '../../src/adapters/warehouse/places.ts';
import { rollUpDay } from '../../src/adapters/warehouse/roll-up.ts';
import { ScriptedWarehouse } from '../support/scripted-warehouse.ts';

const SAID: Record<string, string> = {
  bucket: 's3://trail-bucket/',
  accounts: '111122223333',
  regions: 'us-east-1',
};
const NOW = new Date('2026-10-09T18:00:00Z');
const of = (more: Record<string, string> = {}) => placesOf('trino', (name) => ({ ...SAID, ...more })[name]);
const day = (text: string) => ({
  since: new Date(`${text}T00:00:00Z`),
  until: new Date(`${text}T23:00:00Z`),
});

function partitions(text: string, more: Record<string, string> = {}) {
  const { layout } = of(more);
  if (layout === null) throw new RangeError('the trail is said above');
  return partitionsOf(layout, day(text), NOW);
}

describe('a range before the first day of the log file table', () => {
  it('is refused, with what to do', () => {
    expect(() => partitions('2025-10-05', { first_day: '2026-01-01' })).toThrow(
      "hive.podtrail.log_files begins on 2026-01-01, after 2025-10-05: give the trail's --first-day, and run init again with it",
    );
  });

  it('may be looked back at', () => {
    expect(partitions('2026-01-01', { first_day: '2026-01-01' }).firstDay).toBe('2025/12/31');
  });

  it('is none where no first day is said', () => {
    expect(partitions('2014-01-01')).toMatchObject({ firstDay: '2013/12/31', lastDay: '2014/01/02' });
  });

  it('is not rolled up as a day without log files', async () => {
    const warehouse = new ScriptedWarehouse();
    const asked = { settings: NO_SETTINGS, now: NOW };
    await expect(rollUpDay(warehouse, of({ first_day: '2026-01-01' }), '2025-12-31', asked)).rejects.toThrow(
      '--first-day',
    );
    expect(warehouse.statements).toEqual([]);
  });
});
