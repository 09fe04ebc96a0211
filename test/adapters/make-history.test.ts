// Making the tables of a history: what is dropped and made, and what is left alone.
import { describe, expect, it } from 'vitest';
import { athenaDdl } from '../../src/adapters/athena/ddl.ts';
import { placesOf } from '../../src/adapters/warehouse/places.ts';
import { remakeHistory } from '../../src/adapters/warehouse/roll-up.ts';
import { ScriptedWarehouse } from '../support/scripted-warehouse.ts';

const SAID: Record<string, string> = {
  bucket: 's3://trail-bucket/',
  accounts: '111122223333',
  regions: 'us-east-1',
};
const PLACES = placesOf('athena', (name) => SAID[name]);

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
});
