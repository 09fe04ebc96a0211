// podtrail questions: lists the questions that can be asked.
import { readQuestions } from '../../src/adapters/query-files.ts';
import { type Format, formatRows } from '../../src/report/format-rows.ts';
import type { CommandDefinition } from '../command.ts';
import { terminalWidth, wantsColor, writeAll } from '../io.ts';
import { flagName, formatOption } from '../options.ts';

const COLUMNS = [
  { name: 'question', type: 'text' },
  { name: 'asks', type: 'text' },
  { name: 'takes', type: 'text' },
] as const;

export const questions: CommandDefinition = (program, io, finish) => {
  program
    .command('questions')
    .summary('list the questions that can be asked')
    .description('Lists the questions that can be asked, each with its parameters.')
    .addOption(formatOption('table'))
    .action(async ({ format }: { format: Format }) => {
      await writeAll(
        io,
        formatRows(COLUMNS, rows(), { format, color: wantsColor(io), width: terminalWidth(io) }),
      );
      finish(0);
    });
};

async function* rows(): AsyncGenerator<Record<string, string>> {
  for (const { name, question, params } of readQuestions()) {
    const takes = params
      .map((param) =>
        param.need === 'required' ? `--${flagName(param.name)}` : `[--${flagName(param.name)}]`,
      )
      .join(' ');
    yield { question: name, asks: question, takes };
  }
}
