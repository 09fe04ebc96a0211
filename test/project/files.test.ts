// What holds for every file of the repository, and that each of these rules would notice.
import { describe, expect, it } from 'vitest';
import {
  foreignAccountIds,
  machineTraces,
  missingOpening,
  mockedModules,
  switchedOffTests,
} from './rules.ts';
import { contentOf, trackedFiles } from './tracked-files.ts';

const written = trackedFiles().filter((path) => !/\.(png|jpe?g|gif|gz|parquet|zip|ico)$/.test(path));
const testFiles = written.filter((path) => path.startsWith('test/') && path.endsWith('.ts'));

/** `path: what` for everything that a rule finds in these files. */
function found(paths: readonly string[], rule: (text: string) => string[]): string[] {
  expect(paths.length).toBeGreaterThan(10);
  return paths.flatMap((path) => rule(contentOf(path)).map((what) => `${path}: ${what}`));
}

const digits = (...groups: string[]) => groups.join('');

describe('account ids', () => {
  it.each([
    ['an ARN', `arn:aws:iam::${digits('9988', '7766', '5544')}:role/app`],
    ['a log file', `AWSLogs/${digits('9988', '7766', '5544')}/CloudTrail/`],
    ['a bucket name', `logs-${digits('9988', '7766', '5544')}`],
    ['a query', `'${digits('9988', '7766', '5544')}'`],
  ])('is noticed in %s unless it is one of the documentation', (_, text) => {
    expect(foreignAccountIds(text)).toEqual([digits('9988', '7766', '5544')]);
    expect(foreignAccountIds(text.replace(/\d{12}/, digits('1111', '2222', '3333')))).toEqual([]);
    expect(foreignAccountIds(text.replace(/\d{12}/, '7'.repeat(12)))).toEqual([]);
  });

  it('is not seen in a UUID or in a longer number', () => {
    const uuid = ['6f5a9b1c', '0d2e', '4f3a', '8b7c', digits('4266', '1417', '4000')].join('-');
    expect(
      foreignAccountIds(`${uuid} ${digits('1700', '0000', '00000')} ab${digits('9988', '7766', '5544')}`),
    ).toEqual([]);
  });

  it('is one of the documentation wherever one is written', () => {
    expect(
      found(
        written.filter((path) => path !== 'package-lock.json'),
        foreignAccountIds,
      ),
    ).toEqual([]);
  });
});

describe('traces of a machine', () => {
  it.each([
    ['work', 'main'],
    ['home', 'somebody', 'x'],
    ['Users', 'somebody', 'x'],
    ['root', '.npm'],
  ])('is noticed in a path below /%s', (...parts) => {
    expect(machineTraces(`see /${parts.join('/')}`)).toHaveLength(1);
  });

  it.each([
    ['registry', 'npmjs', 'org'],
    ['repo1', 'maven', 'org'],
    ['pypi', 'org'],
  ])('is noticed in the host of a registry (%s …)', (...parts) => {
    expect(machineTraces(`"https://${parts.join('.')}/x"`)).toHaveLength(1);
  });

  it('is not seen in an ordinary path', () => {
    const below = ['', 'work', 'x'].join('/');
    const temporary = ['', 'tmp', 'x'].join('/');
    const ordinary = `${temporary} s3://bucket${below} .${below} /dev/null docs${below}`;
    expect(machineTraces(ordinary)).toEqual([]);
  });

  it('stands in no file', () => {
    expect(found(written, machineTraces)).toEqual([]);
  });
});

describe('the first line of a source file', () => {
  it.each([
    ['src/a.ts', "import a from 'b';\n"],
    ['src/a.ts', '// a.ts\n'],
    ['src/a.ts', '// biome-ignore lint/style/useConst: because of this\n'],
    ['cli/a.ts', "#!/usr/bin/env node\nimport { main } from './main.ts';\n"],
    ['queries/a.sql', 'select 1 as one, 2 as two from records\n'],
  ])('must say what the file owns: %s beginning with %j does not', (path, text) => {
    expect(missingOpening(path, text)).not.toBeNull();
  });

  it('says what the file owns in every source file', () => {
    const sources = written.filter((path) => /\.(ts|mjs|cjs|sql|sh)$|^\.ci\//.test(path));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap((path) => missingOpening(path, contentOf(path)) ?? [])).toEqual([]);
  });
});

describe('tests', () => {
  const off = ['skip', 'only', 'todo'];

  it.each([
    ...off.map((word) => `it.${word}('x')`),
    `it.each([1]).${off[0]}('x')`.replace('each([1])', 'concurrent'),
    `x${'it'}('x')`,
  ])('are noticed when they are switched off: %s', (text) => {
    expect(switchedOffTests(text)).toHaveLength(1);
  });

  it('are never switched off', () => {
    expect(
      found(
        testFiles.filter((path) => path !== 'test/project/rules.ts'),
        switchedOffTests,
      ),
    ).toEqual([]);
  });

  it('put no double in the place of a module', () => {
    expect(mockedModules(`vi.${'mock'}('../src/errors.ts')`)).toHaveLength(1);
    expect(found(testFiles, mockedModules)).toEqual([]);
  });
});
