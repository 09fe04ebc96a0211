// podtrail athena and podtrail trino: make the tables over a delivery bucket, and keep the attributed history.
import { Command } from 'commander';
import { readSettings } from '../../src/adapters/settings-file.ts';
import { sumsText } from '../../src/adapters/warehouse/answer-source.ts';
import { daysOfHistory, daysToDo } from '../../src/adapters/warehouse/history-days.ts';
import type { WarehouseEngine } from '../../src/adapters/warehouse/places.ts';
import {
  historyStatements,
  remakeHistory,
  rollUpDay,
  tidyHistory,
} from '../../src/adapters/warehouse/roll-up.ts';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { parseRange } from '../../src/catalogue/times.ts';
import type { CommandDefinition } from '../command.ts';
import type { Io } from '../io.ts';
import { configOption, sinceOption, untilOption } from '../options.ts';
import { engineOptions, openWarehouse, tell, type WarehouseFlags } from '../warehouse.ts';

export const athena: CommandDefinition = (program, io, finish) =>
  historyCommands('athena', program, io, finish);
export const trino: CommandDefinition = (program, io, finish) =>
  historyCommands('trino', program, io, finish);

const NAMES = { athena: 'Amazon Athena', trino: 'a Trino of your own' };

function historyCommands(
  engine: WarehouseEngine,
  program: Command,
  io: Io,
  finish: (code: number) => void,
): void {
  const group = program
    .command(engine)
    .summary(`make and fill the tables on ${NAMES[engine]}`)
    .description(`Makes and fills the tables that "podtrail ask --engine ${engine}" asks.`);
  const init = new Command('init')
    .copyInheritedSettings(program)
    .summary('make the tables')
    .description(
      'Makes the table over the log files as they lie in the bucket, and the tables of the attributed history. A history that is there stays; the table over the log files, which holds nothing of its own, is made anew.',
    )
    .option('--print', 'print the statements, and run nothing')
    .action(async (flags: WarehouseFlags) => finish(await runInit(engine, flags, io)));
  const roll = new Command('roll-up')
    .copyInheritedSettings(program)
    .summary('fill the history, a day at a time')
    .description(
      'Reads the log files of each day of the range, attributes them, and merges them into the history. Safe to repeat and to break off: ' +
        'days that are there for good are passed over, and those rolled up within a day of their end are done again.',
    )
    .addOption(sinceOption().makeOptionMandatory())
    .addOption(untilOption())
    .option('--again', 'do days that are there for good as well, as after a change of the settings')
    .option('--tidy', 'then join small files and drop old snapshots')
    .action(async (flags: WarehouseFlags) => finish(await runRollUp(engine, flags, io)));
  for (const command of [init, roll]) {
    for (const option of [...engineOptions(engine), configOption()]) command.addOption(option);
    group.addCommand(command);
  }
}

async function runInit(engine: WarehouseEngine, flags: WarehouseFlags, io: Io): Promise<number> {
  const open = await openWarehouse(engine, flags, io);
  try {
    if (flags.print !== undefined) {
      io.stdout.write(
        historyStatements(open.warehouse, open.places)
          .map((text) => `${text};\n\n`)
          .join(''),
      );
      return 0;
    }
    await remakeHistory(open.warehouse, open.places);
    tell(open, io, 'the tables are there');
    return 0;
  } finally {
    open.close();
  }
}

async function runRollUp(engine: WarehouseEngine, flags: WarehouseFlags, io: Io): Promise<number> {
  const now = io.now();
  const { since = now, until = now } = parseRange(flags, now);
  if (since.getTime() > now.getTime())
    throw new ParameterError('--since lies in the future: there are no log files of those days yet');
  const open = await openWarehouse(engine, flags, io);
  const range = { since, until: new Date(Math.min(until.getTime(), now.getTime())) };
  try {
    let days = 0;
    let rejected = 0;
    const settings = readSettings(flags.config);
    const { warehouse, places } = open;
    const done = await daysOfHistory(warehouse, places.history);
    for (const day of daysToDo(done, range, flags.again !== undefined)) {
      const { sums, calls, isFinal } = await rollUpDay(warehouse, places, day, { settings, now: io.now() });
      days += 1;
      rejected += sums.rejected;
      tell(
        open,
        io,
        `${day}: ${calls} calls kept; ${sumsText(sums, places)}${isFinal ? '' : '; to be done again, since more may be delivered'}`,
      );
    }
    if (flags.tidy !== undefined) await tidyHistory(open.warehouse, open.places, since);
    tell(open, io, `${days} days rolled up`);
    return rejected > 0 ? 3 : 0;
  } finally {
    open.close();
  }
}
