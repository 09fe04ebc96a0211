// Parses, as Athena's dialect, every statement that podtrail would send to Athena. Whether engines also run them is for the
// Trino suite; Athena's own words for tables and their upkeep are run by nothing here, and so at least parsed.
import { Dialect, parse } from '@polyglot-sql/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { HISTORY_TABLES } from '../../src/adapters/warehouse/history-tables.ts';
import { ATHENA_ENVIRONMENT, type AthenaServer, startAthenaServer } from '../support/athena-server.ts';
import { requiredOf } from '../support/engine-columns.ts';
import { noRecords } from '../support/no-records.ts';
import { runMain } from '../support/run-main.ts';

const QUESTIONS = readQuestions();
const LAYOUT = ['--bucket', 's3://trail-bucket/', '--accounts', '111122223333', '--regions', 'us-east-1'];
const RANGE = ['--since', '2026-10-05', '--until', '2026-10-06'];
const PLACES = ['--engine', 'athena', '--workgroup', 'podtrail', '--database', 'podtrail'];
const LATER = new Date('2026-10-09T00:00:00Z');

let server: AthenaServer;
let before: NodeJS.ProcessEnv;

beforeAll(async () => {
  before = { ...process.env };
  server = await startAthenaServer(async ({ sql }) => noRecords(sql));
  Object.assign(process.env, ATHENA_ENVIRONMENT, { AWS_ENDPOINT_URL_ATHENA: server.url });
});
afterAll(async () => {
  process.env = before;
  await server.stop();
});

/** What the command sent, each text once. */
async function sent(argv: string[]): Promise<string[]> {
  const from = server.statements.length;
  const { code, stderr } = await runMain(argv, { now: LATER });
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return [...new Set(server.statements.slice(from).map(({ sql }) => sql))];
}

/**
 * Null where the statement is Athena's SQL, else what is wrong with it. What selects is Trino's even in Athena; its strings know
 * no backslash escapes, which this parser's Athena knows everywhere.
 */
function faultOf(sql: string): string | null {
  const { success, error } = parse(sql, /\bselect\b/.test(sql) ? Dialect.Trino : Dialect.Athena);
  return success ? null : `${error ?? 'unparsed'} in: ${sql.slice(0, 200)}`;
}

const faults = (statements: readonly string[]) => statements.map(faultOf).filter((fault) => fault !== null);

describe('Athena can parse', () => {
  it.each(QUESTIONS)('$name, asked of the log files and of the history', async (question) => {
    const given = Object.entries(requiredOf(question)).flatMap(([name, value]) => [
      `--${name.replaceAll('_', '-')}`,
      value,
    ]);
    const ask = ['ask', question.name, ...given, ...PLACES, ...RANGE, ...LAYOUT];
    const ofLogs = await sent([...ask, '--source', 'logs']);
    expect(ofLogs.length).toBeGreaterThan(30);
    expect(faults(ofLogs)).toEqual([]);
    expect(faults(await sent([...ask, '--source', 'history']))).toEqual([]);
    expect(faults(await sent([...ask, '--source', 'logs', '--row-per', 'record']))).toEqual([]);
  });

  it.each(QUESTIONS)('$name, as printed for its console', async ({ name }) => {
    const { stdout } = await runMain(['sql', name, '--engine', 'athena']);
    expect(stdout).toMatch(/^-- /);
    expect(faultOf(stdout)).toBe(null);
  });

  it('the tables that are made, filled and kept up', async () => {
    const flags = [...PLACES.slice(2), ...LAYOUT, '--location', 's3://history/podtrail/'];
    const made = await sent(['athena', 'init', ...flags]);
    const byRecord = await sent(['athena', 'init', ...flags, '--row-per', 'record']);
    expect(byRecord.join()).toContain('com.amazon.emr.cloudtrail.CloudTrailInputFormat');
    expect(faults(byRecord)).toEqual([]);
    const filled = await sent(['athena', 'roll-up', ...RANGE, ...flags, '--tidy']);
    for (const begins of [
      'create external table',
      'create table',
      'create database',
      'merge into',
      'optimize',
    ])
      expect([begins, [...made, ...filled].some((sql) => sql.startsWith(begins))]).toEqual([begins, true]);
    expect(faults(made)).toEqual([]);
    expect(faults(filled.filter((sql) => !sql.startsWith('optimize')))).toEqual([]);
    expect(filled.find((sql) => sql.includes('roll_ups as kept'))).toContain('cast(0 as bigint) as rejected');
    for (const { name } of HISTORY_TABLES) expect(filled).toContain(`vacuum podtrail.${name}`);
  });

  it.each([
    'select a from b where',
    'select a from b group',
    'merge into a using b on a.x = b.x when matched update set x = 1',
    'create table a with (format = ) as select 1',
    'create external table a (x array<struct<y:string) location',
    'create external table a (x string) partitioned by location',
  ])('not everything: %s', (sql) => {
    expect(faultOf(sql)).toMatch(/ in: /);
  });
});
