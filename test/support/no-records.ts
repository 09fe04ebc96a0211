// What Athena yields of a trail without a record: only what counts has a row.
import type { AthenaResult } from './athena-server.ts';

const COUNTS = ['files', 'read', 'kept', 'outside', 'duplicate', 'rejected', 'calls'];

export function noRecords(sql: string): AthenaResult {
  return {
    columns: COUNTS.map((name) => ({ name, type: 'bigint' })),
    rows: /^select\s+count/.test(sql) ? [COUNTS.map(() => '0')] : [],
    scannedBytes: 0,
  };
}
