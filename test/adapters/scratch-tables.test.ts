// Tables that live as long as one piece of work: how they are filled, and that they go however the work ends.
import { describe, expect, it } from 'vitest';
import { readQuestion } from '../../src/adapters/query-files.ts';
import { NO_SETTINGS } from '../../src/adapters/settings-file.ts';
import { askWarehouse } from '../../src/adapters/warehouse/ask-warehouse.ts';
import { placesOf } from '../../src/adapters/warehouse/places.ts';
import { rollUpDay } from '../../src/adapters/warehouse/roll-up.ts';
import { rowsStatements } from '../../src/adapters/warehouse/rows-statements.ts';
import { withScratchTables } from '../../src/adapters/warehouse/scratch-tables.ts';
import { ScriptedWarehouse } from '../support/scripted-warehouse.ts';

const SAID: Record<string, string> = {
  bucket: 's3://trail-bucket/',
  accounts: '111122223333',
  regions: 'us-east-1',
};
const PLACES = placesOf('trino', (name) => SAID[name]);
const NOW = new Date('2026-10-09T18:00:00Z');

/** A warehouse on which statements that begin so fail. */
const failing = (...starts: string[]) =>
  new ScriptedWarehouse({
    answer: (sql) => {
      if (starts.some((start) => sql.startsWith(start))) throw new Error(`failed: ${sql}`);
      return undefined;
    },
  });
const TWO = async (warehouse: ScriptedWarehouse, last = 'select 2') =>
  withScratchTables(warehouse, 'hive.scratch_', async (tables) => {
    await tables.make('one', 'select 1');
    await tables.make('two', last);
    return 'done';
  });
const dropped = (warehouse: ScriptedWarehouse) =>
  warehouse.begun('drop').map((sql) => /exists (one|two|hive[.]scratch_)/.exec(sql)?.[1]);

describe('withScratchTables', () => {
  it('drops the tables, then their schema', async () => {
    const warehouse = new ScriptedWarehouse();
    expect(await TWO(warehouse)).toBe('done');
    expect(dropped(warehouse)).toEqual(['two', 'one', 'hive.scratch_']);
  });

  it('drops the schema though making it was cancelled', async () => {
    const warehouse = failing('create schema');
    await expect(TWO(warehouse)).rejects.toThrow('failed: create schema');
    expect(dropped(warehouse)).toEqual(['hive.scratch_']);
  });

  it('tells why the work failed, not why a table stayed, and tries all the others', async () => {
    const warehouse = failing('create table two', 'drop table if exists two', 'drop schema');
    await expect(TWO(warehouse)).rejects.toThrow('failed: create table two');
    expect(dropped(warehouse)).toEqual(['two', 'one', 'hive.scratch_']);
  });

  it('tells the first table that stayed where the work was done', async () => {
    const warehouse = failing('drop table if exists two', 'drop schema');
    await expect(TWO(warehouse)).rejects.toThrow('failed: drop table if exists two');
    expect(dropped(warehouse)).toEqual(['two', 'one', 'hive.scratch_']);
  });

  it('has all tables of a roll-up, those of the day too', async () => {
    const warehouse = new ScriptedWarehouse();
    await rollUpDay(warehouse, PLACES, '2026-10-05', { settings: NO_SETTINGS, now: NOW });
    const tables = new Set(
      warehouse.begun('create table').map((sql) => /^create table (\S+)/.exec(sql)?.[1]),
    );
    expect(tables).toContain('fresh_sessions');
    for (const table of tables) expect(warehouse.begun(`drop table if exists ${table}`)).not.toEqual([]);
    expect(warehouse.statements.at(-1)).toMatch(/^drop schema/);
  });

  it('tells why the rows of an answer ended, not why a table stayed', async () => {
    const warehouse = failing('drop table if exists assumptions');
    const question = readQuestion('failed-assumptions');
    const range = { since: new Date('2026-10-05T00:00:00Z'), until: new Date('2026-10-06T00:00:00Z') };
    const asked = { question, values: range, source: 'logs' as const, settings: NO_SETTINGS, now: NOW };
    const listener = {
      from: () => warehouse.failRows('the connection is gone'),
      beforeLogFiles: async () => {},
    };
    const answered = askWarehouse(warehouse, PLACES, asked, listener);
    await expect(answered.next()).rejects.toThrow('the connection is gone');
  });
});

describe('a roll-up whose counts the engine does not give', () => {
  it('fails', async () => {
    const warehouse = new ScriptedWarehouse({
      answer: (sql) => (/^select\s+count/.test(sql) ? [{ files: 1 }] : undefined),
    });
    await expect(
      rollUpDay(warehouse, PLACES, '2026-10-05', { settings: NO_SETTINGS, now: NOW }),
    ).rejects.toThrow('gave no "read"');
  });
});

describe('rowsStatements', () => {
  it('keep each row and its place in statements that Athena takes', () => {
    const rows = Array.from({ length: 5_000 }, (_, n) => [`arn:aws:iam::111122223333:role/é-${n}`, null]);
    const statements = rowsStatements(['role_arn', 'cluster'], rows);
    expect(statements.length).toBeGreaterThan(1);
    for (const sql of statements) expect(Buffer.byteLength(sql)).toBeLessThan(262_144);
    const places = statements.flatMap((sql) => [
      ...sql.matchAll(/\((\d+), cast\('[^']*é-(\d+)' as varchar\)/g),
    ]);
    expect(places.map(([, place, row]) => [Number(place), Number(row)])).toEqual(rows.map((_, n) => [n, n]));
  });

  it('select nothing, in the right columns, of no rows', () => {
    expect(rowsStatements(['a'], [])).toEqual([
      'select place, a from (values (0, cast(null as varchar))) as r(place, a) where 1 = 0',
    ]);
  });

  it('make a table by one statement, and put in the rest', async () => {
    const warehouse = new ScriptedWarehouse();
    const rows = Array.from({ length: 3 }, (_, n) => [`${n}`.repeat(150_000)]);
    await withScratchTables(warehouse, 'hive.scratch_', (tables) => tables.makeRows('roles', ['a'], rows));
    expect(warehouse.begun('create table roles as select place, a').length).toBe(1);
    expect(warehouse.begun('insert into roles select place, a').length).toBe(2);
  });
});
