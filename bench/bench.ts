// npm run bench: loads simulated trails of several sizes and asks questions of them, beside DuckDB's own reading of the
// same files, and prints what it measured as ratios of one run. --records sets the largest trail, --runs the repetitions;
// --days only asks, of a store in which the largest trail's day stands so many times in a row.
import { existsSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Values } from '../src/adapters/compose-over-tables.ts';
import { askStore } from '../src/adapters/duckdb/ask.ts';
import { Store } from '../src/adapters/duckdb/store.ts';
import { readQuestions } from '../src/adapters/query-files.ts';
import { writeSimulatedTrail } from '../src/adapters/write-simulated-trail.ts';
import { readParams } from '../src/catalogue/param-values.ts';
import { type Measured, measure, median } from './measure.ts';
import { repeatDay } from './more-days.ts';

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '600000' },
    runs: { type: 'string', default: '3' },
    days: { type: 'string' },
    folder: { type: 'string', default: join(tmpdir(), 'podtrail-bench') },
  },
});
const LARGEST = Number(flags.records);
const RUNS = Number(flags.runs);
const DIST = dirname(fileURLToPath(import.meta.url));
const PROGRAM = join(DIST, 'podtrail.js');
const SIZES = [60_000, 600_000, 3_000_000].filter((size) => size <= LARGEST);
const print = (line: string) => process.stdout.write(`${line}\n`);

async function trail(records: number): Promise<string> {
  const folder = join(flags.folder, `trail-${records}`);
  const done = join(flags.folder, `trail-${records}.done`);
  if (existsSync(done)) return folder;
  await rm(folder, { recursive: true, force: true });
  process.stderr.write(`simulating ${records.toLocaleString('en-US')} records\n`);
  await writeSimulatedTrail(folder, { seed: 7, records });
  await mkdir(done);
  return folder;
}

interface Compared {
  load: Measured[];
  baseline: Measured[];
  again: Measured;
  storeBytes: number;
}

/** Alternates both programs, so that what else the machine does falls on both. */
async function compare(folder: string, store: string): Promise<Compared> {
  const fresh = async () => {
    for (const name of [store, `${store}.wal`, `${store}.baseline`]) await rm(name, { force: true });
  };
  const compared: Omit<Compared, 'again' | 'storeBytes'> = { load: [], baseline: [] };
  for (let run = 0; run < RUNS; run++) {
    await fresh();
    compared.baseline.push(await measure(join(DIST, 'duckdb-baseline.js'), [folder, `${store}.baseline`]));
    compared.load.push(await measure(PROGRAM, ['load', folder, '--store', store]));
  }
  const again = await measure(PROGRAM, ['load', folder, '--store', store]);
  return { ...compared, again, storeBytes: (await stat(store)).size };
}

const HOUR = { since: new Date('2026-10-05T03:00:00Z'), until: new Date('2026-10-05T04:00:00Z') };
const questionsOf = (busiestKey: string): [string, Values][] => [
  ['who-accessed', { ...HOUR, resource: 'pii-exports' }],
  ['who-accessed', { resource: 'pii-exports' }],
  ['what-accessed', { namespace: 'frontend', service_account: 'api', limit: 100 }],
  ['session-timeline', { session: busiestKey }],
  ['session-timeline', { session: 'external-secrets-provider-aws' }],
  ['failed-assumptions', {}],
  ['unattributed', { limit: 100 }],
];

async function askEngine(path: string): Promise<void> {
  const store = await Store.openToRead(path);
  const [busiest] =
    await store.all(`select access_key_id from principals join stored_records using (principal_key)
    where access_key_id like 'ASIA%' group by access_key_id order by count(*) desc, access_key_id limit 1`);
  const questions = new Map(readQuestions().map((question) => [question.name, question]));
  print('\n| question, in the engine | range | rows | p50 ms |\n|---|---|---|---|');
  const asked = questionsOf(String(busiest?.access_key_id));
  for (const question of questions.values()) {
    const { name, params } = question;
    if (asked.some(([known]) => known === name) || params.some(({ need }) => need === 'required')) continue;
    if (name !== 'attributed-calls') asked.push([name, readParams(question, {}, new Date())]);
  }
  for (const [name, values] of asked) {
    const question = questions.get(name);
    if (question === undefined) throw new Error(`there is no question ${name}`);
    const times: number[] = [];
    let rows = 0;
    for (let run = 0; run < 4 * RUNS + 1; run++) {
      const begun = performance.now();
      rows = 0;
      for await (const _ of askStore(store, question, values)) rows += 1;
      times.push(performance.now() - begun);
    }
    print(
      `| ${name} | ${values.since instanceof Date ? 'an hour' : 'all'} | ${rows} | ${median(times).toFixed(0)} |`,
    );
  }
  await store.close();
}

async function askCommand(path: string): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < 2 * RUNS + 1; run++) {
    const args = [
      'ask',
      'who-accessed',
      '--store',
      path,
      '--resource',
      'pii-exports',
      '--since',
      '2026-10-05T03:00Z',
      '--until',
      '2026-10-05T04:00Z',
    ];
    times.push((await measure(PROGRAM, args)).seconds);
  }
  print(`\nAsking who-accessed as a whole command: p50 ${(median(times) * 1000).toFixed(0)} ms.`);
}

await mkdir(flags.folder, { recursive: true });
print(`Node ${process.version}, ${cpus().length} processors, ${RUNS} runs each, medians.\n`);
if (flags.days === undefined) await compareSizes();
else await askManyDays(flags.days);

/** Asks ten million calls, say, without comparing how they are loaded. */
async function askManyDays(days: string): Promise<void> {
  const path = join(flags.folder, `store-${days}-days.duckdb`);
  await rm(path, { force: true });
  await measure(PROGRAM, ['load', await trail(LARGEST), '--store', path]);
  const store = await Store.openOrCreate(path);
  const begun = performance.now();
  const calls = await repeatDay(store, Number(days));
  await store.close();
  const seconds = (performance.now() - begun) / 1000;
  print(
    `${calls.toLocaleString('en-US')} calls in ${days} days, written and named in ${seconds.toFixed(0)} s.`,
  );
  await askEngine(path);
  await askCommand(path);
}

async function compareSizes(): Promise<void> {
  print(
    '| records | load s | DuckDB read_json s | ratio | load µs a record | load MiB | DuckDB MiB | second load s | store MB |',
  );
  print('|---|---|---|---|---|---|---|---|---|');
  for (const size of SIZES) {
    const store = join(flags.folder, `store-${size}.duckdb`);
    const { load, baseline, again, storeBytes } = await compare(await trail(size), store);
    const seconds = median(load.map((run) => run.seconds));
    const yardstick = median(baseline.map((run) => run.seconds));
    const mebibytes = (runs: Measured[]) => Math.max(...runs.map((run) => run.mebibytes)).toFixed(0);
    print(
      `| ${size.toLocaleString('en-US')} | ${seconds.toFixed(1)} | ${yardstick.toFixed(1)} | ${(seconds / yardstick).toFixed(2)} ` +
        `| ${((seconds / size) * 1e6).toFixed(1)} | ${mebibytes(load)} | ${mebibytes(baseline)} | ${again.seconds.toFixed(2)} | ${(storeBytes / 1e6).toFixed(0)} |`,
    );
  }
  const asked = join(flags.folder, `store-${SIZES.findLast((size) => size <= 600_000)}.duckdb`);
  await askEngine(asked);
  await askCommand(asked);
}
