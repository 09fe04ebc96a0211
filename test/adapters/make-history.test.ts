// Making the tables of a history: what is dropped and made, and what is left alone.
import { describe, expect, it } from 'vitest';
import { athenaDdl } from '../../src/adapters/athena/ddl.ts';
import { placesOf } from '../../src/adapters/warehouse/places.ts';
import { remakeHistory } from '../../src/adapters/warehouse/roll-up.ts';
import { WarehouseError } from '../../src/adapters/warehouse/warehouse.ts';
import { ScriptedWarehouse } from '../support/scripted-warehouse.ts';

const SAID: Record<string, string> = {
  bucket: 's3://trail-bucket/',
  accounts: '111122223333',
  regions: 'us-east-1',
};
const PLACES = placesOf('athena', (name) => SAID[name]);

/** An engine on which asking the log file table fails so. */
function over(faultOf: (sql: string) => Error | null): ScriptedWarehouse {
  const answer = (sql: string) => {
    const fault = sql.startsWith('select') ? faultOf(sql) : null;
    if (fault !== null) throw fault;
    return undefined;
  };
  return new ScriptedWarehouse({ ddl: athenaDdl('s3://history/podtrail/'), answer });
}

describe('remakeHistory', () => {
  it('drops nothing where it cannot make what it drops', async () => {
    const warehouse = new ScriptedWarehouse({ ddl: athenaDdl(null) });
    await expect(remakeHistory(warehouse, PLACES)).rejects.toThrow('--location');
    expect(warehouse.statements).toEqual([]);
  });

  it('makes the log file table anew, and the history where it is not there', async () => {
    const warehouse = new ScriptedWarehouse({ ddl: athenaDdl('s3://history/podtrail/') });
    await remakeHistory(warehouse, PLACES);
    expect(warehouse.begun('drop')).toEqual(['drop table podtrail.log_files']);
    const made = warehouse.statements.slice(
      warehouse.statements.indexOf('drop table podtrail.log_files') + 1,
    );
    expect(made.map((sql) => /^create \w+( table)?( if not exists)? (\S+)/.exec(sql)?.[3])).toEqual([
      'podtrail',
      'podtrail.log_files',
      'podtrail.calls',
      'podtrail.sessions',
      'podtrail.assumption_failures',
      'podtrail.trail_days',
      'podtrail.roll_ups',
    ]);
  });

  it('makes it where there is none', async () => {
    const warehouse = over(
      () => new WarehouseError('table-missing', 'Table podtrail.log_files does not exist'),
    );
    await remakeHistory(warehouse, PLACES);
    expect(warehouse.begun('drop')).toEqual([]);
    expect(warehouse.begun('create').length).toBe(7);
  });

  it.each([
    ['file', ['account', 'region', 'day', 'amount']],
    ['record', ['account', 'region', 'day', 'records']],
  ])('touches no other table of that name, with a row per %s', async (rowPer, columns) => {
    const places = placesOf('athena', (name) => ({ ...SAID, row_per: rowPer })[name]);
    const warehouse = over((sql) => {
      const [, asked = ''] = /^select (.*) from podtrail/.exec(sql) ?? [];
      const unknown = asked.split(', ').find((name) => !columns.includes(name) && name !== '"$path"');
      return unknown === undefined
        ? null
        : new WarehouseError('statement-refused', `COLUMN_NOT_FOUND: ${unknown}`);
    });
    await expect(remakeHistory(warehouse, places)).rejects.toThrow(
      'exists and is not a podtrail log file table; it was not touched',
    );
    expect([...warehouse.begun('drop'), ...warehouse.begun('create')]).toEqual([]);
  });
});
