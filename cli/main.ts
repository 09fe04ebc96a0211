// The command table: each command is one file, a definition as data. Maps outcomes to exit codes.
// 0 done, 1 failed, 2 usage, 3 done with rejects, 4 something was found to fail.
import { Command, CommanderError } from 'commander';
import { ParameterError } from '../src/catalogue/errors.ts';
import { PodtrailError } from '../src/errors.ts';
import { escapeForTerminal } from '../src/report/escape.ts';
import type { CommandDefinition } from './command.ts';
import { ask } from './commands/ask.ts';
import { attribute } from './commands/attribute.ts';
import { demo } from './commands/demo.ts';
import { diagnose } from './commands/diagnose.ts';
import { athena, trino } from './commands/history.ts';
import { load } from './commands/load.ts';
import { policy } from './commands/policy.ts';
import { questions } from './commands/questions.ts';
import { snapshot } from './commands/snapshot.ts';
import { sql } from './commands/sql.ts';
import { type Io, say } from './io.ts';
import { refuseEmpty } from './options.ts';
import { version } from './version.ts';

const COMMANDS: readonly CommandDefinition[] = [
  demo,
  attribute,
  load,
  ask,
  questions,
  sql,
  diagnose,
  policy,
  snapshot,
  athena,
  trino,
];

/** Runs the command that the arguments name; returns the exit code, and throws nothing. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = new Command('podtrail')
    .description(
      'CloudTrail, down to the pod: which Kubernetes workload on EKS made an AWS call, and what proves it.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) =>
        write(`${text.trimEnd().split('\n').map(escapeForTerminal).join('\n')}\n`),
    })
    .addHelpText(
      'after',
      `
Start here:
  podtrail demo                                          a seeded trail, attributed and checked against its own truth
  podtrail ask who-accessed ./logs --resource my-bucket  straight from log files, nothing kept
  podtrail load ./logs --store trail.duckdb              keep what was read; then ask as often as you like
  podtrail diagnose --store trail.duckdb --since 24h     why workloads have no credentials, and the smallest fix

Exit codes: 0 done, 1 failed, 2 usage, 3 done, but some files or records were rejected, 4 something fails (diagnose, policy explain).`,
    );
  program.hook('preAction', (_, command) => refuseEmpty(command));
  for (const define of COMMANDS) {
    define(program, io, (result) => {
      code = result;
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, io);
  }
}

function failed(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const text = error instanceof Error ? error.message : String(error);
  for (const line of text.split('\n')) say(io, `podtrail: ${escapeForTerminal(line)}`);
  if (error instanceof ParameterError) return 2;
  // Nobody expected this one, so where it was thrown is what a report of it needs.
  if (!(error instanceof PodtrailError) && error instanceof Error)
    say(
      io,
      io.env.PODTRAIL_DEBUG === undefined
        ? 'podtrail: this is a fault of podtrail: run it again with PODTRAIL_DEBUG=1 for a stack trace to report'
        : escapeForTerminal(error.stack ?? ''),
    );
  return 1;
}
