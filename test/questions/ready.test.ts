// What a store keeps or makes ready for a time range gives the answer that the whole statement gives.
import { copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READY, statementOf, type Values } from '../../src/adapters/compose-over-tables.ts';
import { askStore } from '../../src/adapters/duckdb/ask.ts';
import { countRecords } from '../../src/adapters/duckdb/counted-records.ts';
import { loadTrail } from '../../src/adapters/duckdb/load.ts';
import { narrowTo, widen } from '../../src/adapters/duckdb/narrow.ts';
import { type Row, Store } from '../../src/adapters/duckdb/store.ts';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { readParams } from '../../src/catalogue/param-values.ts';
import type { Question } from '../../src/catalogue/query-file.ts';
import { BUILT_IN_PATTERNS } from '../../src/identity/session-name-patterns.ts';
import type { ReportRow } from '../../src/report/columns.ts';
import { knownClusters, simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

const SEED = 5;
/** Of what they ask simulated trails have no case. */
const RARE = ['node-role-calls', 'stopped-renewing'];
const QUESTIONS = readQuestions().filter(({ uses }) =>
  uses.some((name) => ['calls', 'counted_calls'].includes(name)),
);

let files: Scratch;
let store: Store;
/** What is asked for by name, of the trail itself. */
let given: Record<string, string>;
let minutes: Values[];

beforeAll(async () => {
  files = await scratch();
  const trail = simulateTrail({ seed: SEED, records: 6_000, misleading: true, recordsPerFile: 500 });
  for (const { key, body } of trail) await files.write(`logs/${key}`, body);
  const path = files.path('store.duckdb');
  const loaded = await Store.openOrCreate(path);
  const settings = { sessionNamePatterns: BUILT_IN_PATTERNS, clusters: knownClusters(SEED) };
  await loadTrail(loaded, [files.path('logs')], { settings });
  await loaded.close();
  store = await Store.openToRead(path);
  const [busiest] = await store.all(`
    select
      (select mode(split_part(resources, chr(30), 1)) from stored_records) as resource,
      (select mode(session_name) from principals) as session,
      (select mode(namespace) from claims) as namespace`);
  given = { ...(busiest as Record<string, string>), service_account: 'api', networks: '10.0.0.0/8' };
  minutes = (
    await store.all(`
      select time_bucket(interval '1 minute', event_time)::varchar as since, count(*) as calls from stored_records
      group by all having count(*) between 20 and 110 order by calls desc, since limit 3`)
  ).map((row) => {
    const since = new Date(`${String(row.since).replace(' ', 'T')}Z`);
    return { since, until: new Date(since.getTime() + 60_000) };
  });
}, 120_000);
afterAll(async () => {
  await store.close();
  await files.remove();
});

function valuesOf(question: Question, range: Values): Values {
  const required = question.params.filter(({ need }) => need === 'required');
  const texts = Object.fromEntries(required.map(({ name }) => [name, given[name] ?? '']));
  return { ...readParams(question, texts, new Date()), ...range };
}

/** `ready` as in statementOf. */
function answer(question: Question, values: Values, ready: readonly string[]): Promise<Row[]> {
  const { sql, bound } = statementOf(question, values, ready);
  return store.all(sql, bound);
}

describe('a few minutes of a store', () => {
  it('are narrowed to', async () => {
    await store.prepareForQuestions();
    expect(minutes.length).toBe(3);
    for (const range of minutes) {
      expect(await narrowTo(store, range)).toBe(true);
      const [narrow] = await store.all('select count(*)::integer as calls from records');
      expect(narrow?.calls).toBeLessThan(120);
      await widen(store);
    }
    expect(await narrowTo(store, { since: new Date('2026-10-05T00:00:00Z') })).toBe(false);
  });

  it.each(QUESTIONS)('give the same answer to $name as the whole does', async (question) => {
    let rows = 0;
    for (const range of minutes) {
      const values = valuesOf(question, range);
      await store.prepareForQuestions();
      const whole = await answer(question, values, []);
      await narrowTo(store, range);
      expect(await answer(question, values, READY)).toEqual(whole);
      await widen(store);
      for await (const _ of askStore(store, question, values)) rows += 1;
      expect(await answer(question, values, [])).toEqual(whole);
    }
    expect([question.name, rows > 0]).toEqual([question.name, !RARE.includes(question.name)]);
  });
});

describe('one session of a store', () => {
  const timeline = QUESTIONS.find(({ name }) => name === 'session-timeline') as Question;

  it('is narrowed to by its key, its name or its issuance', async () => {
    await store.prepareForQuestions();
    const asked = await store.all(`
      with few as (
        select session_key, min(access_key_id) as access_key_id, min(session_name) as session_name from callers
        where principal_key in (select principal_key from stored_records group by all having count(*) < 20)
        group by session_key having count(*) = 1
      )
      select unnest([f.access_key_id, f.session_name, a.event_id]) as session, a.event_time::varchar as issued
      from few as f join assumptions as a on a.record_key = f.session_key
      where a.issued_key_id is not null order by a.record_key limit 18`);
    const twins = await store.all(`
      select min(c.access_key_id) as session, min(r.event_time)::varchar as issued
      from stored_records as r join callers as c on c.principal_key = r.twin_principal_key
      where c.access_key_id is not null group by r.twin_principal_key order by 1 limit 3`);
    expect(twins.length).toBeGreaterThan(2);
    let narrowed = 0;
    for (const { session, issued } of [...asked, ...twins]) {
      const since = new Date(`${String(issued).replace(' ', 'T')}Z`);
      for (const range of [{}, { since: new Date(since.getTime() + 1) }]) {
        const values = { ...valuesOf(timeline, range), session: String(session) };
        const whole = await answer(timeline, values, []);
        if (await narrowTo(store, values)) {
          narrowed += 1;
          expect(await answer(timeline, values, READY)).toEqual(whole);
          await widen(store);
        }
        expect(await answer(timeline, values, [])).toEqual(whole);
      }
    }
    expect(narrowed).toBeGreaterThan(30);
  });
});

describe('all of a store', () => {
  const COUNTED = QUESTIONS.filter(({ uses }) => uses.includes('counted_calls'));
  let counted: Store;

  beforeAll(async () => {
    const path = files.path('counted.duckdb');
    await copyFile(store.path, path);
    counted = await Store.openOrCreate(path);
    await countRecords(counted, 1);
  });
  afterAll(() => counted.close());

  it('is counted together where there is much of it', async () => {
    const [rows] = await counted.all(`select count(*)::integer as rows, sum(calls)::integer as calls,
      (select count(*) from stored_records)::integer as stored from counted_records`);
    expect(rows?.calls).toBe(rows?.stored);
    expect(Number(rows?.rows)).toBeLessThan(Number(rows?.stored) / 2);
    await countRecords(counted);
    expect(await counted.all("select 1 from duckdb_tables() where table_name = 'counted_records'")).toEqual(
      [],
    );
    await countRecords(counted, 1);
  });

  it.each(COUNTED)(
    'gives the same answer to $name by calls counted together as by each',
    async (question) => {
      const values = valuesOf(question, {});
      const answers = await Promise.all(
        [store, counted].map((asked) => rowsOf(askStore(asked, question, values))),
      );
      expect(answers[0]?.length).toBeGreaterThan(10);
      expect(answers[1]).toEqual(answers[0]);
      // It is as it was then.
      expect(await rowsOf(askStore(counted, question, { ...values, since: new Date(0) }))).toEqual(
        answers[0],
      );
    },
  );
});

async function rowsOf(answer: AsyncIterable<ReportRow>): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for await (const row of answer) rows.push(row);
  return rows;
}
