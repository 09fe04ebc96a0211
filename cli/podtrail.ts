#!/usr/bin/env node
// The program: hands the process over to main and takes the exit code back.
import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  now: () => new Date(),
});
// Idle handles (a stdin that nobody reads, an S3 socket kept alive) don't keep a finished program.
if (process.stdout.writableLength === 0) process.exit();
process.stdout.once('drain', () => process.exit());
