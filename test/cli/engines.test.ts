// What podtrail says of Athena and Trino without asking them: statements, dry runs, and what it refuses.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

const LAYOUT = ['--bucket', 's3://trail-bucket/', '--accounts', '111122223333', '--regions', 'us-east-1'];
const ASKED = ['ask', 'who-accessed', '--resource', "pii'exports"];
const RANGE = ['--since', '2026-10-05T03:00Z', '--until', '2026-10-05T04:00Z'];

let files: Scratch;
beforeEach(async () => {
  files = await scratch();
});
afterEach(() => files.remove());

describe('podtrail athena init --print', () => {
  it('prints the tables over an account trail and an organization trail', async () => {
    const flags = ['athena', 'init', '--print', '--location', 's3://history/podtrail'];
    const { code, stdout } = await runMain([...flags, ...LAYOUT]);
    expect(code).toBe(0);
    expect(stdout).toContain(`'s3://trail-bucket/AWSLogs/\${account}/CloudTrail/\${region}/\${day}'`);
    expect(stdout).toContain("location 's3://history/podtrail/calls/'");
    expect(stdout.match(/'table_type' = 'ICEBERG'/g)?.length).toBe(5);
    const organization = await runMain([...flags, ...LAYOUT, '--organization', 'o-exampleorg']);
    expect(organization.stdout).toContain(`AWSLogs/o-exampleorg/\${account}/CloudTrail/\${region}/\${day}'`);
  });

  it.each([
    [['--accounts', "1' or '1"], /invalid --accounts "1' or '1": twelve digits/],
    [['--regions', 'moon'], /invalid --regions "moon"/],
    [['--bucket', "s3://b'/"], /invalid --bucket "s3:\/\/b'\/"/],
    [['--organization', 'x'], /invalid --organization "x"/],
    [['--without', "s3://b/it's"], /invalid --without "s3:\/\/b\/it's"/],
    [['--first-day', 'soon'], /invalid --first-day "soon"/],
    [['--first-day', '2026-13-45'], /invalid --first-day "2026-13-45"/],
    [['--accounts', ',', '--regions', ','], /^podtrail: --accounts and --regions are missing\n$/],
    [['--accounts', ','], /^podtrail: --accounts is missing\n$/],
    [['--bucket', 's3://b/AWSLogs/'], /invalid --bucket .*: end it before AWSLogs/],
  ])('refuses %s, which would stand in a statement', async (flags, said) => {
    const { code, stderr } = await runMain([
      'athena',
      'init',
      '--print',
      '--location',
      's3://h/',
      ...LAYOUT,
      ...flags,
    ]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
  });

  it('says of each option what it takes and what it is for', async () => {
    const { stdout } = await runMain(['athena', 'init', '--help']);
    const options = stdout.split('\n').filter((line) => /^ {2}--/.test(line));
    expect(options.length).toBeGreaterThan(12);
    for (const line of options) expect(line).toMatch(/^ {2}--[a-z-]+( <[^<>|]+>)? {2,}\S/);
    expect(stdout).toMatch(/--row-per <grain> +what a row of the log file table is/);
  });

  it('asks for what it must be told', async () => {
    expect((await runMain(['athena', 'init', '--print', ...LAYOUT])).stderr).toMatch(/--location/);
    expect((await runMain(['athena', 'init', '--print'])).stderr).toMatch(
      /--bucket, --accounts and --regions/,
    );
    expect((await runMain(['trino', 'init', '--print', ...LAYOUT])).stderr).toMatch(/--server/);
    expect(await runMain(['athena', 'init', '--print', ...LAYOUT, '--row-per', 'line'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--row-per is file or record, not "line"'),
    });
  });
});

describe('podtrail athena roll-up', () => {
  it('refuses a range that has not begun, whether its end was given or not', async () => {
    for (const until of [[], ['--until', '2999-01-02']]) {
      const asked = ['athena', 'roll-up', '--since', '2999-01-01', ...until, ...LAYOUT];
      const { code, stderr } = await runMain(asked);
      expect([code, stderr]).toEqual([2, expect.stringContaining('--since lies in the future')]);
    }
  });
});

describe('the settings file', () => {
  it.each([
    ['is absent', null, /there is no such file/],
    ['is no JSON', 'athena:', /is not JSON/],
    ['is a list', '[]', /must be a JSON object/],
    ['has a number for a string', '{"athena":{"bucket":1}}', /athena.bucket must be a string or a list of/],
  ])('that %s is named with what is wrong', async (_, text, said) => {
    if (text !== null) await files.write('wrong.json', text);
    const config = ['--config', files.path('wrong.json')];
    const { code, stderr } = await runMain([...ASKED, '--engine', 'athena', '--dry-run', ...config]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(said)]);
    expect(stderr).toContain('wrong.json: ');
  });
});

it.each([
  ['max_scan', 'lots', '--max-scan must be a size, such as 10GB'],
  ['timeout', 'a minute', '--timeout must be a whole number of seconds above zero'],
])('a wrong %s in the settings file is told as the option would be', async (name, value, said) => {
  await files.write('settings.json', JSON.stringify({ athena: { [name]: value } }));
  const config = ['--config', files.path('settings.json')];
  const { code, stderr } = await runMain([...ASKED, ...RANGE, '--engine', 'athena', '--dry-run', ...config]);
  expect([code, stderr]).toEqual([2, `podtrail: ${said}\n`]);
});

describe('podtrail ask --dry-run', () => {
  it('prints both statements with the quoted values and the partitions, and runs nothing', async () => {
    const { code, stdout, stderr } = await runMain([
      ...ASKED,
      ...RANGE,
      '--engine',
      'athena',
      '--dry-run',
      ...LAYOUT,
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain("-- ? 1: 'pii''exports'");
    expect(stdout).toContain("r.event_time >= timestamp '2026-10-05 03:00:00.000'");
    expect(stdout).toContain("f.day between '2026/10/04' and '2026/10/06'");
    expect(stdout).toContain("f.account in ('111122223333')");
    expect(stdout).toContain('1 accounts, 1 regions: 3 at most');
  });

  it('takes what is not given from the settings file', async () => {
    const athena = {
      database: 'trail',
      bucket: 'trail-bucket',
      accounts: ['111122223333'],
      regions: ['us-east-1'],
    };
    await files.write('settings.json', JSON.stringify({ athena }));
    const config = ['--config', files.path('settings.json')];
    const { stdout } = await runMain([...ASKED, ...RANGE, '--engine', 'athena', '--dry-run', ...config]);
    expect(stdout).toContain('from trail.log_files as f');
    await files.write('settings.json', JSON.stringify({ athena: { workgrup: 'x' } }));
    const { code, stderr } = await runMain([...ASKED, '--engine', 'athena', '--dry-run', ...config]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/athena[.]workgrup.*workgroup/)]);
    await files.write('settings.json', JSON.stringify({ atena: athena }));
    const mistyped = await runMain([...ASKED, '--engine', 'athena', '--dry-run', ...config]);
    expect([mistyped.code, mistyped.stderr]).toEqual([
      1,
      expect.stringMatching(/no setting "atena".*athena/),
    ]);
  });
});

describe('podtrail ask --engine', () => {
  it.each([
    [
      'log files without a time range',
      ['--engine', 'athena', '--source', 'logs', '--dry-run', ...LAYOUT],
      /needs --since/,
    ],
    ['paths beside an engine', ['logs', '--engine', 'athena'], /give no paths/],
    ['a dry run of a store', ['--dry-run', '--store', 'x'], /--dry-run belongs to --engine athena or trino/],
    ['an unknown engine', ['--engine', 'athina'], /choices are duckdb, athena, trino/],
    ['a size that is none', ['--engine', 'athena', '--max-scan', 'much'], /size, such as 10GB/],
    ['a name that is none', ['--engine', 'athena', '--database', "x'y"], /is not a name/],
    [
      'Athena without a trail',
      ['--engine', 'athena', '--source', 'logs', '--since', '24h', '--dry-run'],
      /unknown trail location/,
    ],
    ['Trino without an address', ['--engine', 'trino'], /--server/],
  ])('refuses %s', async (_, flags, said) => {
    const { code, stderr } = await runMain([...ASKED, ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
  });
});

describe('podtrail sql --engine athena', () => {
  it.each(readQuestions().map(({ name }) => name))(
    'prints %s over the history, each ? explained',
    async (name) => {
      const { code, stdout } = await runMain(['sql', name, '--engine', 'athena']);
      expect(code).toBe(0);
      const text = stdout.replace(/--.*$/gm, '').replace(/'[^']*'/g, '');
      expect(stdout.match(/^-- \? \d+: /gm)?.length ?? 0).toBe(text.split('?').length - 1);
      expect(stdout).toMatch(/\bfrom (podtrail\.(calls|trail_days)|sessions|assumption_failures)\b/);
    },
  );
});
