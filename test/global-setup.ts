// Builds the program before the tests run, since a load starts dist/load-worker.js; again where they are watched.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

export async function setup(project: TestProject): Promise<void> {
  await build();
  project.onTestsRerun(build);
}

async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, ['build.mjs']);
}
