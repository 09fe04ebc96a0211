// Prints "passed failed" from vitest's JSON report and the exit code of its run; nothing that went wrong counts as nothing.
import { readFileSync } from 'node:fs';

const [file, exitCode] = process.argv.slice(2);
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report(file);
const brokenFiles = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const failed = numFailedTests + numPendingTests + numTodoTests + brokenFiles.length;
const wentWrong = exitCode !== '0' || numPassedTests === 0;
console.log(`${numPassedTests} ${failed === 0 && wentWrong ? 1 : failed}`);

/** Without a report the run has failed, whatever it says. */
function report(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  }
}
