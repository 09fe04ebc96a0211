// Every model and question on a real Trino, beside DuckDB: the same rows, value for value and in the same order.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statementWithin, type Values } from '../../src/adapters/compose-over-tables.ts';
import { askStore } from '../../src/adapters/duckdb/ask.ts';
import { loadTrail } from '../../src/adapters/duckdb/load.ts';
import { readSums } from '../../src/adapters/duckdb/reconciliation.ts';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { withHistory } from '../../src/adapters/history-environment.ts';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { readReportRequest } from '../../src/adapters/report/report-request.ts';
import { writeReport } from '../../src/adapters/report/write-report.ts';
import { NO_SETTINGS, type Settings } from '../../src/adapters/settings-file.ts';
import { Trino } from '../../src/adapters/trino/trino.ts';
import { type AnsweredFrom, askWarehouse } from '../../src/adapters/warehouse/ask-warehouse.ts';
import type { Places } from '../../src/adapters/warehouse/attribute-log-files.ts';
import { daysOfHistory, daysToDo } from '../../src/adapters/warehouse/history-days.ts';
import { HISTORY_TABLES } from '../../src/adapters/warehouse/history-tables.ts';
import { keepUp } from '../../src/adapters/warehouse/keep-up.ts';
import { makeHistory, type RolledUpDay, rollUpDay } from '../../src/adapters/warehouse/roll-up.ts';
import { allRows } from '../../src/adapters/warehouse/warehouse.ts';
import { readParams } from '../../src/catalogue/param-values.ts';
import type { QueryParam, Question } from '../../src/catalogue/query-file.ts';
import { snapshotRoles } from '../../src/diagnosis/snapshot-roles.ts';
import { BUILT_IN_PATTERNS } from '../../src/identity/session-name-patterns.ts';
import { jsonValue, type ReportRow } from '../../src/report/columns.ts';
import { knownClusters, simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { RECORDS } from '../corpus/cases.ts';
import { SNAPSHOT, CASES as SNAPSHOT_CASES } from '../corpus/snapshot-cases.ts';
import { confusingRecords, renderGroup } from '../identity/confusing-records.ts';
import { ATHENA_ENVIRONMENT, type AthenaServer, startAthenaServer } from '../support/athena-server.ts';
import { anyValues, expectPromised } from '../support/engine-columns.ts';
import { DELIVERED_AS } from '../support/loaded-store.ts';
import { rowsOf, runMain } from '../support/run-main.ts';
import { startS3Server } from '../support/s3-server.ts';
import { type Scratch, scratch } from '../support/scratch.ts';
import { columnsOf, executeOn } from './athena-on-trino.ts';
import { AttributedSchema, DAY, LATER } from './attributed-schema.ts';
import { AWKWARD, AWKWARD_LATER } from './awkward-records.ts';
import { startTrino, type TrinoServer } from './server.ts';

const NONE_READ = { read: 0, kept: 0, outside: 0, duplicate: 0, rejected: 1 };
const NOW = new Date('2026-10-06T00:00:00Z');
const GOLDEN = new URL('../golden/', import.meta.url);
const GOLDEN_FILES = readdirSync(GOLDEN);
const QUESTIONS = readQuestions();

/** A store and the schema that Trino has of it. */
interface Both {
  store: Store;
  schema: AttributedSchema;
}

/** What simulated trails have no case of; the records of every rung do. */
const UNSIMULATED = ['node-role-calls', 'session-churn', 'stopped-renewing'];

let server: TrinoServer;
let trino: Trino;
let files: Scratch;
let athena: AthenaServer;
let before: NodeJS.ProcessEnv | undefined;
const stores: Store[] = [];

beforeAll(async () => {
  files = await scratch();
  server = await startTrino();
  trino = new Trino({ server: server.url, user: 'podtrail' });
  athena = await startAthenaServer(executeOn(server.url));
  before = { ...process.env };
  Object.assign(process.env, ATHENA_ENVIRONMENT, { AWS_ENDPOINT_URL_ATHENA: athena.url });
}, 900_000);

afterAll(async () => {
  printCases();
  process.env = before ?? process.env;
  for (const close of closing) await close();
  for (const store of stores) await store.close();
  await athena?.stop();
  await server?.stop();
  await files?.remove();
}, 120_000);

async function loaded(name: string, clusters: ReturnType<typeof knownClusters> = []): Promise<Both> {
  const store = await Store.openOrCreate(files.path(`${name}.duckdb`));
  stores.push(store);
  await loadTrail(store, [files.path(name)], {
    settings: { sessionNamePatterns: BUILT_IN_PATTERNS, clusters },
  });
  return { store, schema: await AttributedSchema.ofStore(server, name, store) };
}

interface Delivered extends Both {
  places: Places;
}

const closing: (() => Promise<void>)[] = [];

/** Writes the files where a load and where Trino find them; both read them on their own. */
async function delivered(
  name: string,
  bodies: Iterable<[string, string | Uint8Array]>,
  range: { since: Date; until: Date },
  make: (places: Places) => Promise<void>,
  settings: Settings = NO_SETTINGS,
): Promise<Delivered> {
  const accounts = new Set<string>();
  const regions = new Set<string>();
  for (const [key, body] of bodies) {
    await files.write(`${name}/${key}`, body);
    const path = join(server.warehouse, name, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, body);
    const [, account = '', region = ''] = /AWSLogs\/(\d+)\/CloudTrail\/([^/]+)\//.exec(key) ?? [];
    accounts.add(account);
    regions.add(region);
  }
  const store = await Store.openOrCreate(files.path(`${name}.duckdb`));
  stores.push(store);
  await loadTrail(store, [files.path(name)], { settings });
  const layout = {
    table: `hive.${name}.log_files`,
    root: `local:///${name}/`,
    organization: null,
    accounts: [...accounts],
    regions: [...regions],
    firstDay: '2026-10-01',
    rowPer: 'file' as const,
    without: [],
  };
  const places = { layout, history: `iceberg.${name}`, scratch: 'hive.podtrail_scratch_' };
  await make(places);
  const schema = await AttributedSchema.ofLogFiles(trino, places, range, settings);
  closing.push(schema.close);
  return { store, schema, places };
}

/** Rows as they stand in JSON: a golden file's form. */
function json(question: Question, rows: readonly ReportRow[]): unknown[] {
  return rows.map((row) =>
    Object.fromEntries(question.columns.map(({ name }) => [name, jsonValue(row[name])])),
  );
}

/** The answer that both engines give. */
async function agreed({ store, schema }: Both, question: Question, values: Values): Promise<unknown[]> {
  const [duckdb, ofTrino] = await Promise.all([
    inTurn(async () => {
      const rows: ReportRow[] = [];
      for await (const row of askStore(store, question, values)) rows.push(row);
      return rows;
    }),
    schema.ask(question, values),
  ]);
  const rows = json(question, ofTrino);
  expect(rows).toEqual(json(question, duckdb));
  const sums = cases.get(question.name) ?? { cases: 0, rows: 0 };
  cases.set(question.name, { cases: sums.cases + 1, rows: sums.rows + rows.length });
  return rows;
}

/** What both engines answered alike, by question: sets of records, range and parameters, and their rows. */
const cases = new Map<string, { cases: number; rows: number }>();

/** Prints the table of both engines, which is what this suite is for. */
function printCases(): void {
  const lines = QUESTIONS.map(({ name }) => {
    const { cases: asked = 0, rows = 0 } = cases.get(name) ?? {};
    return `${name.padEnd(24)}${String(asked).padStart(6)}${String(rows).padStart(8)}`;
  });
  const all = [...cases.values()].reduce((sum, one) => sum + one.cases, 0);
  process.stdout.write(
    `\nDuckDB and Trino, the same rows in the same order: ${all} cases\n${'question'.padEnd(25)}cases    rows\n${lines.join('\n')}\n`,
  );
}

let turn: Promise<unknown> = Promise.resolve();

/** A store is asked one question at a time, while Trino is asked several. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}

interface Golden {
  question: string;
  argv: string[];
  rows: unknown[];
}

function golden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as Golden;
}

const goldenRows = (name: string) => golden(name).rows;

/** What both engines answer to the question that a golden file asks. */
async function goldenAnswer(both: Both, name: string): Promise<unknown[]> {
  const { question: asked, argv } = golden(name);
  const question = QUESTIONS.find((one) => one.name === asked);
  if (question === undefined) throw new RangeError(`${name} asks what is no question`);
  return agreed(both, question, readParams(question, written(argv), NOW));
}

describe('the records of every rung, read by Trino itself,', () => {
  let corpus: Delivered;

  beforeAll(async () => {
    const body = gzipSync(JSON.stringify({ Records: RECORDS }));
    corpus = await delivered('rungs', [[DELIVERED_AS, body]], DAY, (places) => makeHistory(trino, places));
  }, 300_000);

  it('add up, and to the same sums on both engines', async () => {
    const { read, kept, outside, duplicate, rejected } = corpus.schema.sums ?? NONE_READ;
    const [sums] = await inTurn(() =>
      corpus.store.all(`select
      (select count(*) from stored_records)::integer as kept,
      (select sum(duplicates) from settlements)::integer as duplicate,
      (select sum(records_skipped + records_rejected) from log_files)::integer as rejected`),
    );
    expect({ kept, duplicate, rejected }).toEqual(sums);
    expect([kept + duplicate + rejected, outside]).toEqual([read, 0]);
    expect(read).toBe(RECORDS.length);
  });

  describe.concurrent('asked of all,', () => {
    it.each(QUESTIONS)('come in the columns that the file of $name promises', async (question) => {
      const { sql } = statementWithin(question, anyValues(question));
      expectPromised(question, await columnsOf(server.url, await corpus.schema.name(), sql));
    });

    it.each(GOLDEN_FILES.filter((name) => rangeGiven(name) === null))(
      'give the golden rows of %s on both engines',
      async (name) => {
        expect(await goldenAnswer(corpus, name)).toEqual(goldenRows(name));
      },
    );

    const asked = QUESTIONS.filter(({ params }) =>
      params.some(({ type }) => type === 'text' || type === 'resource'),
    );

    it.each(asked)('are safe from quotes in each text that $name is asked with', async (question) => {
      const values = readParams(question, hostileOf(question), NOW);
      expect(await agreed(corpus, question, values)).toEqual([]);
    });
  });

  describe('narrowed to a range,', () => {
    it.each(GOLDEN_FILES.filter((name) => rangeGiven(name) !== null))(
      'give the golden rows of %s on both engines',
      async (name) => {
        await corpus.schema.narrow(rangeGiven(name) ?? DAY);
        expect(await goldenAnswer(corpus, name)).toEqual(goldenRows(name));
      },
    );
  });
});

/** As Athena's reader of CloudTrail files hands records over: these fields are texts. */
function withTexts(record: Record<string, unknown>): Record<string, unknown> {
  const isText = new Set([
    'requestParameters',
    'responseElements',
    'additionalEventData',
    'serviceEventDetails',
  ]);
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      isText.has(name) && value !== null ? JSON.stringify(value) : value,
    ]),
  );
}

/** The range that a golden file asks for, its open ends closed; null where it asks for none. */
function rangeGiven(name: string): typeof DAY | null {
  const { since, until } = written(golden(name).argv);
  if (since === undefined && until === undefined) return null;
  return { since: new Date(since ?? DAY.since), until: new Date(until ?? DAY.until) };
}

/** `--a-b x` as the parameter a_b. */
function written(argv: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (let at = 0; at < argv.length; at += 2) {
    given[String(argv[at]).slice(2).replaceAll('-', '_')] = String(argv[at + 1]);
  }
  return given;
}

/** A text that would end a literal, a comment or a pattern, for each parameter that takes one. */
function hostileOf({ params }: Question): Record<string, string> {
  const hostile: Partial<Record<QueryParam['type'], string>> = {
    text: "x' or '1'='1' or ?') -- \\%",
    resource: "x' or '1'='1' or ?') -- \\%",
    networks: '192.0.2.0/24',
  };
  return Object.fromEntries(
    params.flatMap(({ name, type }) => (hostile[type] === undefined ? [] : [[name, hostile[type]]])),
  );
}

describe.concurrent('a simulated trail, hostile and misleading,', () => {
  const seed = 2;
  let trail: Both;
  let samples: Record<string, string[]>;

  beforeAll(async () => {
    for (const { key, body } of simulateTrail({
      seed,
      records: 4_000,
      misleading: true,
      recordsPerFile: 500,
    })) {
      await files.write(`misleading/${key}`, body);
    }
    trail = await loaded('misleading', knownClusters(seed));
    samples = await sampled(trail.store);
  }, 300_000);

  it('has all its records on Trino, and the same derived tables', async () => {
    const rows = (table: string) =>
      inTurn(() => trail.store.all(`select count(*)::integer as rows from ${table}`));
    const [counted] = await rows('stored_records');
    expect(counted?.rows).toBeGreaterThan(3_000);
    expect(await trail.schema.count('records')).toBe(counted?.rows);
    for (const table of ['callers', 'attributions', 'issuances', 'inferences']) {
      const [here] = await rows(table);
      expect([table, await trail.schema.count(table)]).toEqual([table, here?.rows]);
      expect([table, here?.rows]).not.toEqual([table, 0]);
    }
  });

  it.each(QUESTIONS)('answers $name alike for several sets of parameters', async (question) => {
    let told = 0;
    for (const given of parameterSets(question, samples)) {
      told += (await agreed(trail, question, readParams(question, given, NOW))).length;
    }
    expect([question.name, told > 0]).toEqual([question.name, !UNSIMULATED.includes(question.name)]);
  });
});

describe.concurrent('the records of every rung, a record a row,', () => {
  it("are attributed alike in a table by AWS's own definition", async () => {
    const lines = RECORDS.map((record) => JSON.stringify(withTexts(record))).join('\n');
    const path = join(server.warehouse, 'by_record', DELIVERED_AS);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, gzipSync(lines));
    const flags = [
      ...LAYOUT_FLAGS,
      '--bucket',
      'local:///by_record/',
      ...ATHENA_FLAGS,
      '--row-per',
      'record',
    ];
    const made = await runMain(['athena', 'init', ...flags], { now: LATER });
    expect([made.code, made.stdout]).toEqual([0, '']);
    const asked = ['ask', 'attributed-calls', '--engine', 'athena', '--source', 'logs', '--format', 'ndjson'];
    const told = await runMain([...asked, ...RANGE_FLAGS, ...flags], { now: LATER });
    const question = QUESTIONS.find(({ name }) => name === 'attributed-calls');
    if (question === undefined) throw new RangeError('there is no question of every call');
    const store = await Store.openOrCreate(files.path('by-record.duckdb'));
    stores.push(store);
    await files.write(`by-record/${DELIVERED_AS}`, gzipSync(JSON.stringify({ Records: RECORDS })));
    await loadTrail(store, [files.path('by-record')]);
    const rows: ReportRow[] = [];
    await inTurn(async () => {
      for await (const row of askStore(store, question, DAY)) rows.push(row);
    });
    expect(rows.length).toBeGreaterThan(80);
    expect(rowsOf(told.stdout)).toEqual(json(question, rows));
  }, 300_000);
});

describe.concurrent('a log file that is cut short', () => {
  it('is named, and the others are read without it', async () => {
    const records = RECORDS.slice(0, 20);
    const cut = DELIVERED_AS.replace('AbCdEfGhIjKlMnOp', 'CutShort00000000');
    const whole = gzipSync(JSON.stringify({ Records: records }));
    for (const [key, body] of [
      [DELIVERED_AS, whole],
      [cut, whole.subarray(0, whole.length / 2)],
    ] as const) {
      const path = join(server.warehouse, 'cut', key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, body);
    }
    const engine = ['--server', server.url, '--log-files', 'hive.cut.log_files', '--history', 'iceberg.cut'];
    const flags = [...engine, ...LAYOUT_FLAGS, '--bucket', 'local:///cut/'];
    expect((await runMain(['trino', 'init', ...flags], { now: LATER })).code).toBe(0);
    const asked = [
      'ask',
      'trail-coverage',
      '--engine',
      'trino',
      ...flags,
      ...RANGE_FLAGS,
      '--source',
      'logs',
    ];
    const refused = await runMain(asked, { now: LATER });
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/CutShort0+\.json\.gz[\s\S]*leave it out with --without/);
    const { code, stderr } = await runMain([...asked, '--without', `local:///cut/${cut}`], { now: LATER });
    expect(stderr).toMatch(/from log files: 1 files, 20 records read[^\n]*leaving out 1 of the log files/);
    expect(code).toBe(0);
  }, 300_000);
});

describe.concurrent('records that only a snapshot names, read by Trino itself,', () => {
  it('are named by it as on a laptop', async () => {
    const body = gzipSync(JSON.stringify({ Records: SNAPSHOT_CASES.records }));
    const settings = { ...NO_SETTINGS, snapshotRoles: snapshotRoles(SNAPSHOT) };
    const make = (places: Places) => makeHistory(trino, places);
    const trail = await delivered('snapshots', [[DELIVERED_AS, body]], DAY, make, settings);
    const question = QUESTIONS.find(({ name }) => name === 'attributed-calls');
    if (question === undefined) throw new RangeError('there is no question of every call');
    const rows = await agreed(trail, question, readParams(question, {}, NOW));
    const evidence = rows.map((row) => (row as Record<string, unknown>).evidence);
    expect(evidence).toEqual(expect.arrayContaining(['trust-policy', 'association', 'provider']));
  }, 300_000);
});

describe.concurrent('tables that are there', () => {
  const OTHER = '444455556666';
  const put = async (key: string, records: readonly object[]) => {
    const path = join(server.warehouse, 'growing', key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, gzipSync(JSON.stringify({ Records: records })));
  };
  const run = async (accounts: string, argv: string[]) => {
    const engine = [
      '--server',
      server.url,
      '--log-files',
      'hive.growing.log_files',
      '--history',
      'iceberg.growing',
    ];
    const where = ['--bucket', 'local:///growing/', '--regions', 'us-east-1', '--accounts', accounts];
    const ran = await runMain([...argv, ...engine, ...where], { now: LATER });
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)]);
    return rowsOf(ran.stdout);
  };
  const asked = (name: string, source: string) => [
    ...['ask', name, '--engine', 'trino', '--source', source, '--format', 'ndjson'],
    ...RANGE_FLAGS,
  ];
  const attempt = {
    eventVersion: '1.08',
    userIdentity: { type: 'WebIdentityUser', userName: 'system:serviceaccount:shop:cart' },
    eventTime: '2026-10-05T03:00:00Z',
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoleWithWebIdentity',
    awsRegion: 'us-east-1',
    requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/cart', roleSessionName: 'one' },
    responseElements: null,
    eventID: '00000000-0000-4000-9000-0000000000ff',
    recipientAccountId: '111122223333',
  };
  const refused = { ...attempt, errorCode: 'AccessDenied', errorMessage: 'Not authorized' };

  it('take in another account, and what restated records were goes', async () => {
    await put(DELIVERED_AS, [refused]);
    await run('111122223333', ['trino', 'init']);
    await run('111122223333', ['trino', 'roll-up', ...RANGE_FLAGS]);
    expect(await run('111122223333', asked('failed-assumptions', 'history'))).toHaveLength(1);
    const accounts = `111122223333,${OTHER}`;
    const restated = { ...attempt, addendum: { reason: 'UPDATED_DATA' } };
    await put(DELIVERED_AS.replace(/T\d{4}Z_\w+/, 'T0900Z_LaterLaterLater0'), [restated]);
    await put(DELIVERED_AS.replaceAll('111122223333', OTHER), [
      { ...attempt, eventID: '00000000-0000-4000-9000-0000000000fe', recipientAccountId: OTHER },
    ]);
    await run(accounts, ['trino', 'init']);
    const covered = await run(accounts, asked('trail-coverage', 'logs'));
    expect(covered.map((row) => row.recipient_account_id)).toEqual(['111122223333', OTHER]);
    await run(accounts, ['trino', 'roll-up', '--again', ...RANGE_FLAGS]);
    expect(await run(accounts, asked('failed-assumptions', 'history'))).toEqual([]);
    const kept = await run(accounts, asked('attributed-calls', 'history'));
    expect(kept.map((row) => [row.recipient_account_id, row.error_code])).toEqual([
      [OTHER, null],
      ['111122223333', null],
    ]);
    // What is not read this time stays.
    await rm(join(server.warehouse, 'growing', DELIVERED_AS.replaceAll('111122223333', OTHER)));
    await run(accounts, ['trino', 'roll-up', '--again', ...RANGE_FLAGS]);
    expect(await run(accounts, asked('attributed-calls', 'history'))).toEqual(kept);
  }, 300_000);
});

describe.concurrent('records of awkward forms, read by Trino itself,', () => {
  it('are the same records as on a laptop, with the same resources and messages', async () => {
    const later = DELIVERED_AS.replace(/T\d{4}Z_\w+/, 'T0900Z_LaterLaterLater0');
    expect(later).not.toBe(DELIVERED_AS);
    const bodies = [
      [DELIVERED_AS, gzipSync(JSON.stringify({ Records: AWKWARD }))],
      [later, gzipSync(JSON.stringify({ Records: AWKWARD_LATER }))],
    ] as [string, Uint8Array][];
    const trail = await delivered('awkward', bodies, DAY, (places) => makeHistory(trino, places));
    const told: string[] = [];
    for (const question of QUESTIONS.filter(({ name }) =>
      ['attributed-calls', 'failed-assumptions'].includes(name),
    )) {
      const rows = await agreed(trail, question, readParams(question, {}, NOW));
      expect([question.name, rows.length > 0]).toEqual([question.name, true]);
      told.push(JSON.stringify(rows));
    }
    expect(told.join()).toMatch(/webIdentityToken=\[secret\], Authorization: \[secret\] \[secret\]/);
    expect(trail.schema.sums).toMatchObject({ kept: AWKWARD.length, duplicate: 0, rejected: 2 });
    const { records } = await inTurn(() => readSums(trail.store, 1));
    expect(records).toMatchObject({ kept: AWKWARD.length, duplicate: 0, rejected: 2 });
  }, 300_000);
});

describe.concurrent('records made to be confused, read by Trino itself,', () => {
  it('are each attributed as on a laptop', async () => {
    const [question] = QUESTIONS.filter(({ name }) => name === 'attributed-calls');
    if (question === undefined) throw new RangeError('there is no question of every call');
    let runs = 0;
    // Groups share nothing, so that many fit into one trail.
    const groups = fc.array(confusingRecords, { minLength: 500, maxLength: 700, size: 'max' });
    const agree = fc.asyncProperty(groups, async (all) => {
      const Records = all.flatMap((records, group) => renderGroup(records, group));
      const body = gzipSync(JSON.stringify({ Records }));
      runs += 1;
      const trail = await delivered(`confusing_${runs}`, [[DELIVERED_AS, body]], EVER, (places) =>
        makeHistory(trino, places),
      );
      const rows = await agreed(trail, question, readParams(question, {}, NOW));
      expect(rows.length).toBeGreaterThan(1_000);
      expect(rows.length).toBe(trail.schema.sums?.kept);
    });
    await fc.assert(agree, { numRuns: 1, endOnFailure: true });
  }, 300_000);
});

describe('a simulated trail, read by Trino itself,', () => {
  let trail: Delivered;

  beforeAll(async () => {
    // Without hostile files: a gzip file that is cut short fails a query on Trino as a whole, whatever else is in the folder.
    const all = simulateTrail({ seed: 3, records: 4_000, hostile: false, recordsPerFile: 500 });
    const bodies = [...all].map(({ key, body }): [string, Uint8Array] => [key, body]);
    trail = await delivered('podtrail', bodies, HOUR, async () => {
      const made = await runMain(['athena', 'init', ...LAYOUT_FLAGS, ...ATHENA_FLAGS], { now: LATER });
      expect([made.code, made.stdout]).toEqual([0, '']);
    });
  }, 300_000);

  it('has records of other times in its folders, which are counted and go no further', async () => {
    const { read, kept, outside, duplicate, rejected } = trail.schema.sums ?? NONE_READ;
    expect([read, kept + outside + duplicate + rejected]).toEqual([4_000, 4_000]);
    expect(outside).toBeGreaterThan(500);
    expect(await trail.schema.count('settled_records')).toBe(kept);
  });

  const freely = QUESTIONS.filter(({ params }) => params.every(({ need }) => need !== 'required'));

  describe.concurrent('answers', () => {
    it.each(freely)('$name as a store of it does', async (question) => {
      const values = readParams(question, rangeOf(question, HOUR), NOW);
      const rows = await agreed(trail, question, values);
      expect([question.name, rows.length > 0]).toEqual([question.name, !UNSIMULATED.includes(question.name)]);
    });
  });

  describe('rolled up into the history', () => {
    let day: RolledUpDay | undefined;

    beforeAll(async () => {
      day = await rollUpDay(trino, trail.places, '2026-10-05', { settings: NO_SETTINGS, now: LATER });
      expect(day.isFinal).toBe(true);
    }, 300_000);

    it('again, by Athena this time, is as it was', async () => {
      const tables = HISTORY_TABLES.map(({ name }) => `${trail.places.history}.${name}`);
      const rows = async (table: string) => {
        const counted = `select '${table}' as name, count(*) as rows from ${table}`;
        return allRows(trino, counted);
      };
      const counts = await Promise.all(tables.map(rows));
      const again = await runMain(
        // The days of the range are rolled up and tidied whole.
        [
          ...['athena', 'roll-up', '--since', '2026-10-05T03:20Z', '--until', '2026-10-06'],
          ...LAYOUT_FLAGS,
          ...ATHENA_FLAGS,
          '--again',
          '--tidy',
        ],
        { now: LATER },
      );
      expect([again.code, again.stderr]).toEqual([
        0,
        expect.stringContaining(`2026-10-05: ${day?.calls} calls kept; 4000 records read`),
      ]);
      expect(await Promise.all(tables.map(rows))).toEqual(counts);
    }, 300_000);

    describe.concurrent('answers', () => {
      it.each(freely)('$name as its log files do', async (question) => {
        const values = readParams(question, rangeOf(question, DAY), NOW);
        const kept: ReportRow[] = [];
        const asked = { question, values, source: 'auto' as const, settings: NO_SETTINGS, now: LATER };
        const from: AnsweredFrom[] = [];
        for await (const row of askWarehouse(trino, trail.places, asked, {
          from: (said) => from.push(said),
          beforeLogFiles: async () => {},
        }))
          kept.push(row);
        expect(from.map(({ source }) => source)).toEqual(['history']);
        const whole: ReportRow[] = [];
        await inTurn(async () => {
          for await (const row of askStore(trail.store, question, values)) whole.push(row);
        });
        expect(json(question, kept)).toEqual(json(question, whole).filter((row) => !isOfService(row)));
      });
    });

    it('counts each call of the day, also those that it does not keep', async () => {
      const [row] = await allRows(
        trino,
        `select sum(calls) as calls, sum(calls - service_calls) as kept, (select count(*) from ${trail.places.history}.calls) as there
           from ${trail.places.history}.trail_days`,
      );
      expect(row?.calls).toBe(4000);
      expect(row?.kept).toBe(row?.there);
      expect(Number(row?.kept)).toBeLessThan(Number(row?.calls));
    });

    it('passes over a day that is there for good', async () => {
      const done = await daysOfHistory(trino, trail.places.history);
      expect(done).toEqual([{ day: '2026-10-05', isFinal: true, rolledUpAt: LATER }]);
      expect(daysToDo(done, DAY, false)).toEqual([]);
    });

    it('answers podtrail alike from Athena, from Trino, from its log files, and on a laptop', async () => {
      const ask = (flags: string[]) =>
        runMain(['ask', 'unattributed', ...RANGE_FLAGS, '--format', 'ndjson', ...flags], { now: LATER });
      const trinoFlags = ['--engine', 'trino', '--server', server.url];
      const ofAthena = await ask(['--engine', 'athena']);
      expect(ofAthena.stderr).toMatch(/from the history, complete until 2026-10-06[\s\S]*at most about \$/);
      const ofTrino = await ask(trinoFlags);
      const ofLogs = await ask([...trinoFlags, ...LAYOUT_FLAGS, '--source', 'logs']);
      expect(ofLogs.stderr).toMatch(/from log files: \d+ files, 4000 records read = 4000 kept/);
      const ofFiles = await ask([files.path('podtrail')]);
      expect(rowsOf(ofFiles.stdout).length).toBeGreaterThan(10);
      for (const { code, stdout } of [ofAthena, ofTrino, ofLogs])
        expect([code, stdout]).toEqual([0, ofFiles.stdout]);
    }, 300_000);

    it('is kept up, and reported from, by what the functions run', async () => {
      const environment = {
        ATHENA_LOCATION: 's3://history/podtrail/',
        ATHENA_BUCKET: 'local:///podtrail/',
        ATHENA_ACCOUNTS: LAYOUT_FLAGS[3],
        ATHENA_REGIONS: LAYOUT_FLAGS[5],
      };
      const s3 = await startS3Server();
      closing.push(s3.stop);
      await s3.createBucket('reports-bucket');
      const client = new S3Client({
        endpoint: s3.endpointUrl,
        forcePathStyle: true,
        region: 'us-east-1',
        credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
        // s3rver would keep the marks of chunks that have checksums.
        requestChecksumCalculation: 'WHEN_REQUIRED',
      });
      const now = new Date('2026-10-06T00:30:00Z');
      await withHistory(environment, 600_000, async (history) => {
        const { athena: engine, places, settings, signal } = history;
        const { days, failed, left } = await keepUp(engine, places, { settings, signal, now: () => now });
        expect(days.map((one) => [one.day, one.calls, one.isFinal])).toEqual([['2026-10-06', 0, false]]);
        expect([failed, left]).toEqual([[], []]);
        const parameters = { since: '2026-10-05', until: '2026-10-06' };
        const request = readReportRequest({ question: 'unattributed', parameters }, now);
        const notice = await writeReport(
          history,
          request,
          { id: 'one', now },
          { client, bucket: 'reports-bucket' },
        );
        const onLaptop = await runMain([
          'ask',
          'unattributed',
          files.path('podtrail'),
          ...RANGE_FLAGS,
          '--format',
          'json',
        ]);
        const Key = notice.answer.json.replace('s3://reports-bucket/', '');
        const { Body } = await client.send(new GetObjectCommand({ Bucket: 'reports-bucket', Key }));
        expect(await Body?.transformToString()).toBe(onLaptop.stdout);
        expect(notice.source).toEqual([expect.stringContaining('complete until 2026-10-06')]);
      });
    }, 300_000);
  });

  it('leaves nothing behind of what was made for one question', async () => {
    for (const close of closing.splice(0)) await close();
    const schemas = await allRows(trino, 'show schemas from hive');
    expect(schemas.map((row) => String(row.Schema)).filter((name) => name.includes('scratch'))).toEqual([]);
  });
});

const RANGE_FLAGS = ['--since', '2026-10-05', '--until', '2026-10-06'];
const ATHENA_FLAGS = ['--location', 's3://history/podtrail/'];
const LAYOUT_FLAGS = [
  '--bucket',
  'local:///podtrail/',
  '--accounts',
  '111122223333,222222222222,123456789012,444455556666,777788889999',
  '--regions',
  'us-east-1,us-west-2,eu-west-1',
];
/** As it is given on a command line, where the question has one. */
function rangeOf(question: Question, { since, until }: { since: Date; until: Date }): Record<string, string> {
  const given = Object.entries({ since: since.toISOString(), until: until.toISOString() });
  return Object.fromEntries(given.filter(([name]) => question.params.some((param) => param.name === name)));
}

/** What the history only counts: calls of AWS's own services, which have no session. */
function isOfService(row: unknown): boolean {
  const { principal_type: type, principal_class: whose, role_arn: role } = row as Record<string, unknown>;
  return type === undefined
    ? whose === 'service' && (role ?? null) === null
    : type === 'AWSService' && whose !== 'workload';
}

/** Around whatever is made up. */
const EVER = { since: new Date('2026-10-04T00:00:00Z'), until: new Date('2026-10-07T00:00:00Z') };
const HOUR = { since: new Date('2026-10-05T03:30:00Z'), until: new Date('2026-10-05T04:30:00Z') };

/** Two samples of what is required, and one with all that is optional. */
function parameterSets(question: Question, samples: Record<string, string[]>): Record<string, string>[] {
  const texts = question.params.filter(
    ({ type }) => type === 'text' || type === 'networks' || type === 'resource',
  );
  const required = texts.filter(({ need }) => need === 'required');
  const sets = [0, 1].map((place) =>
    Object.fromEntries(required.map(({ name }) => [name, sampleOf(name, samples, place)])),
  );
  const optional = texts.filter(({ need }) => need === 'optional');
  const all = Object.fromEntries(optional.map(({ name }) => [name, sampleOf(name, samples, 0)]));
  const distinct = required.length === 0 ? sets.slice(0, 1) : sets;
  return [...distinct, { ...sets[0], ...all }];
}

function sampleOf(name: string, samples: Record<string, string[]>, place: number): string {
  const found = samples[name]?.[place];
  if (found === undefined)
    throw new RangeError(`there is no sample of ${name}: say in sampled() where to take one`);
  return found;
}

/** Values of the trail for what questions ask for by name, the commonest first. */
async function sampled(store: Store): Promise<Record<string, string[]>> {
  const columns = async (sql: string) => {
    const rows = await store.all(sql);
    return Object.fromEntries(
      Object.keys(rows[0] ?? {}).map((name) => [name, rows.map((row) => String(row[name]))]),
    );
  };
  return {
    networks: ['10.0.0.0/8,2001:db8::/32', '203.0.113.0/24'],
    ...(await columns(`
      select c.namespace, c.service_account, coalesce(c.cluster, c.cluster_id) as cluster,
        i.role_arn as role, split_part(i.role_arn, ':', 5) as account
      from issuances as i join claims as c using (claim_key)
      where c.candidate is not null and i.role_arn is not null
      group by all order by count(*) desc, c.namespace, c.service_account, cluster, role limit 3`)),
    ...(await columns(`
      select split_part(resources, chr(30), 1) as resource from stored_records
      where resources is not null group by all order by count(*) desc, 1 limit 3`)),
    ...(await columns(`
      (select issued_key_id as session from assumptions where issued_key_id is not null order by 1 limit 1)
      union all (select event_id from assumptions where issued_key_id is not null order by 1 limit 1)
      union all (select session_name from principals where session_name is not null order by 1 limit 1)`)),
  };
}
