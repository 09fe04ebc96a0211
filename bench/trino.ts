// npm run bench:trino: rolls a simulated trail up on a real Trino, asks both sources who used a bucket within an hour, and
// prints bytes, times and files of one run. --records are spread over --days. It needs a JDK and Maven, as the Trino suite does.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readQuestions } from '../src/adapters/query-files.ts';
import { NO_SETTINGS } from '../src/adapters/settings-file.ts';
import { Trino } from '../src/adapters/trino/trino.ts';
import { askWarehouse, type Source } from '../src/adapters/warehouse/ask-warehouse.ts';
import type { Places } from '../src/adapters/warehouse/attribute-log-files.ts';
import { HISTORY_TABLES } from '../src/adapters/warehouse/history-tables.ts';
import { makeHistory, rollUpDay, tidyHistory } from '../src/adapters/warehouse/roll-up.ts';
import { writeSimulatedTrail } from '../src/adapters/write-simulated-trail.ts';
import { readParams } from '../src/catalogue/param-values.ts';
import { startTrino } from '../test/trino/server.ts';

const { values: flags } = parseArgs({
  options: { records: { type: 'string', default: '600000' }, days: { type: 'string', default: '1' } },
});
const RECORDS = Number(flags.records);
const DAYS = Number(flags.days);
const HEAP_MIB = 10_240;
const FIRST_DAY = Date.parse('2026-10-05T00:00:00Z');
const DAY_MS = 86_400_000;
const dayOf = (place: number) => ({
  since: new Date(FIRST_DAY + place * DAY_MS),
  until: new Date(FIRST_DAY + (place + 1) * DAY_MS),
});
const HOUR = { since: '2026-10-05T03:00:00Z', until: '2026-10-05T04:00:00Z' };
const NOW = new Date(FIRST_DAY + (DAYS + 3) * DAY_MS);
const ACCOUNTS = ['111122223333', '222222222222', '123456789012', '444455556666', '777788889999'];

const print = (line: string) => process.stdout.write(`${line}\n`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;

/** Runs the work on an engine that counts anew; returns what it read and took. */
async function spending<T>(
  url: string,
  work: (trino: Trino) => Promise<T>,
): Promise<{ result: T; bytes: number; statements: number; seconds: number }> {
  const trino = new Trino({ server: url, user: 'podtrail' });
  const begun = performance.now();
  const result = await work(trino);
  const { scannedBytes: bytes, statements } = trino.spent;
  return { result, bytes, statements, seconds: (performance.now() - begun) / 1000 };
}

const server = await startTrino(HEAP_MIB, true);
try {
  const root = join(server.warehouse, 'podtrail');
  // Without hostile files: one gzip file that is cut short fails Trino's whole statement.
  const trail = await writeSimulatedTrail(root, {
    seed: 7,
    records: RECORDS,
    hours: 24 * DAYS,
    hostile: false,
  });
  print(
    `${trail.records} records in ${trail.files} files, ${megabytes(trail.bytes)} gzip, over ${DAYS} days`,
  );
  const layout = {
    table: 'hive.podtrail.log_files',
    root: 'local:///podtrail/',
    organization: null,
    accounts: ACCOUNTS,
    regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
    firstDay: '2026-10-01',
    rowPer: 'file' as const,
    without: [],
  };
  const places = { layout, history: 'iceberg.podtrail', scratch: 'hive.podtrail_scratch_' };
  await makeHistory(new Trino({ server: server.url, user: 'podtrail' }), places);
  for (let day = 0; day < DAYS; day += 1) await rolledUp(places, day, false);
  await rolledUp(places, DAYS - 1, true);
  await tidyHistory(new Trino({ server: server.url, user: 'podtrail' }), places, dayOf(0).since);
  for (const { name } of HISTORY_TABLES) {
    const { files, bytes } = await dataFiles(join(server.warehouse, 'iceberg', 'podtrail'), name);
    print(`  ${name}: ${files} files, ${megabytes(bytes)}`);
  }
  const [question] = readQuestions().filter(({ name }) => name === 'who-accessed');
  if (question === undefined) throw new RangeError('there is no who-accessed');
  const values = readParams(question, { resource: 'pii-exports', ...HOUR }, NOW);
  const bytesOf: Partial<Record<Source, number>> = {};
  for (const source of ['history', 'logs'] as const) {
    const { result, bytes, statements, seconds } = await spending(server.url, async (trino) => {
      let rows = 0;
      const asked = { question, values, source, settings: NO_SETTINGS, now: NOW };
      const listener = { from: () => {}, beforeLogFiles: async () => {} };
      for await (const _ of askWarehouse(trino, places, asked, listener)) rows += 1;
      return rows;
    });
    bytesOf[source] = bytes;
    print(
      `who-accessed within an hour, ${source}: ${result} rows, ${megabytes(bytes)} read in ${statements} statements, ${seconds.toFixed(1)} s`,
    );
  }
  const { history = 0, logs = 0 } = bytesOf;
  print(`history reads 1/${(logs / history).toFixed(0)} of what the log files take`);
} finally {
  await server.stop();
}

/** Rolls one day up, the earlier ones being there, and prints what that took. */
async function rolledUp(places: Places, place: number, isAgain: boolean): Promise<void> {
  const { result, bytes, statements, seconds } = await spending(server.url, async (trino) => {
    const day = dayOf(place).since.toISOString().slice(0, 10);
    return (await rollUpDay(trino, places, day, { settings: NO_SETTINGS, now: NOW })).calls;
  });
  print(
    `roll-up of day ${place + 1}${isAgain ? ' again, which changes nothing' : ''}: ${seconds.toFixed(0)} s, ${statements} statements, ${megabytes(bytes)} read, ${result} calls kept`,
  );
}

/** The data files of a table, whatever its folder is called beyond its name. */
async function dataFiles(schema: string, table: string): Promise<{ files: number; bytes: number }> {
  const sums = { files: 0, bytes: 0 };
  for (const path of await readdir(schema, { recursive: true })) {
    const [folder = ''] = path.split('/');
    if (!path.endsWith('.parquet') || (folder !== table && !folder.startsWith(`${table}-`))) continue;
    sums.files += 1;
    sums.bytes += (await stat(join(schema, path))).size;
  }
  return sums;
}
