// podtrail sql: the statement that a question runs, whole, with what its placeholders stand for.
import { composeOverTables } from '../../src/adapters/compose-over-tables.ts';
import type { CommandDefinition } from '../command.ts';
import { questionByName } from '../questions-by-name.ts';

export const sql: CommandDefinition = (program, io, finish) => {
  program
    .command('sql')
    .summary('print the SQL of a question')
    .description('Prints the statement that a question runs on a store, with what each ? stands for.')
    .argument('<question>', 'a name from "podtrail questions"')
    .action((name: string) => {
      const { sql: text, binds } = composeOverTables(questionByName(name));
      const header = [
        `-- ${name}, as podtrail asks it of a store`,
        ...binds.map((bind, index) => `-- ? ${index + 1}: ${bind}`),
      ];
      io.stdout.write(`${header.join('\n')}\n${text}\n`);
      finish(0);
    });
};
