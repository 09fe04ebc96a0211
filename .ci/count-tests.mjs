// Prints "passed failed" from vitest's JSON report and the exit code of its run; nothing that went wrong counts as nothing.
import { readFileSync } from 'node:fs';

const [file, exitCode] = process.argv.slice(2);
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report(file);
const failed = numFailedTests + numPendingTests + numTodoTests;
const wentWrong = exitCode !== '0' || numPassedTests === 0;
console.log(`${numPassedTests} ${failed === 0 && wentWrong ? 1 : failed}`);

/** Without a report the run has failed, whatever it says. */
function report(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  }
}
