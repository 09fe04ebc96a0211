#!/usr/bin/env node
// The program: passes the process to main, and exits with the code that it returns.
import { isClosedPipe } from './io.ts';
import { main } from './main.ts';

// A reader that has gone away (`| head`) is no failure of ours, whatever we were writing; other errors fail the run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (!isClosedPipe(error)) process.exitCode = 1;
  });
}

const code = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  now: () => new Date(),
});
process.exitCode ??= code;
// Idle handles (a stdin that nobody reads, an S3 socket kept alive) don't keep a finished program.
if (process.stdout.writableLength === 0) process.exit();
process.stdout.once('drain', () => process.exit());
