// Builds dist/ before the tests: loads run in worker threads, and threads run built files only.
import { execFileSync } from 'node:child_process';

export function setup(): void {
  execFileSync(process.execPath, ['build.mjs'], { stdio: 'inherit' });
}
