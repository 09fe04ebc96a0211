// podtrail sql: prints the SQL of a question, and the parameter behind each placeholder.
import { Option } from 'commander';
import { composeOverTables } from '../../src/adapters/compose-over-tables.ts';
import { readQuestion } from '../../src/adapters/query-files.ts';
import { composeOverHistory } from '../../src/adapters/warehouse/ask-warehouse.ts';
import { engines } from '../../src/catalogue/query-file.ts';
import type { CommandDefinition } from '../command.ts';

/** Where "podtrail athena init" and "podtrail trino init" put the history, unless told otherwise. */
const HISTORY = { athena: 'podtrail', trino: 'iceberg.podtrail' };

export const sql: CommandDefinition = (program, io, finish) => {
  program
    .command('sql')
    .summary('print the SQL of a question')
    .description('Prints the statement that a question runs, and the parameter behind each ?.')
    .argument('<question>', 'a name from "podtrail questions"')
    .addOption(
      new Option('--engine <name>', 'duckdb for a store, athena or trino for the history')
        .choices(engines)
        .default('duckdb'),
    )
    .action((name: string, { engine }: { engine: keyof typeof HISTORY | 'duckdb' }) => {
      const question = readQuestion(name);
      const { sql: text, binds } =
        engine === 'duckdb' ? composeOverTables(question) : composeOverHistory(question, HISTORY[engine]);
      const header = [
        ...(engine === 'duckdb'
          ? [`-- ${name}, as podtrail asks it of a store`]
          : [
              `-- ${name}, over the attributed history: run it with ${HISTORY[engine]} as the database, whose tables`,
              `-- "podtrail ${engine} init" makes and "podtrail ${engine} roll-up" fills. For each ? give a literal, texts and times`,
              "-- in quotes: 'pii-exports', '2026-10-05 03:00:00', or null cast to varchar where a parameter is left out.",
            ]),
        ...binds.map((bind, index) => `-- ? ${index + 1}: ${bind}`),
      ];
      io.stdout.write(`${header.join('\n')}\n${text}\n`);
      finish(0);
    });
};
