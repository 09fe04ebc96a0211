// What CI counts: nothing that did not run, or that went wrong without a failed test, passes for a success.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from './tracked-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'podtrail-counts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function count(report: object | null, exitCode: number): string {
  const file = join(folder, report === null ? 'absent.json' : 'report.json');
  if (report !== null) writeFileSync(file, JSON.stringify(report));
  const args = [join(ROOT, '.ci/count-tests.mjs'), file, String(exitCode)];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

const passing = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

describe('the count of tests', () => {
  it.each([
    ['passing tests', passing, 0, '5 0'],
    ['failing tests', { ...passing, numFailedTests: 2 }, 1, '5 2'],
    ['tests that did not run', { ...passing, numPendingTests: 1, numTodoTests: 1 }, 0, '5 2'],
    [
      'a file that cannot be loaded',
      { ...passing, testResults: [{ status: 'failed', assertionResults: [] }] },
      1,
      '5 1',
    ],
    ['a run that fails though no test does', passing, 1, '5 1'],
    ['a run without tests', { ...passing, numPassedTests: 0 }, 0, '0 1'],
    ['a run without a report', null, 0, '0 1'],
  ])('is right of %s', (_, report, exitCode, expected) => {
    expect(count(report, exitCode)).toBe(expected);
  });
});
