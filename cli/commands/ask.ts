// podtrail ask: one subcommand per question, its options made from the question's own parameters.
import { Command, Help, Option } from 'commander';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { withTemporaryStore } from '../../src/adapters/duckdb/temporary-store.ts';
import { readQuestions } from '../../src/adapters/query-files.ts';
import { readNetworks } from '../../src/adapters/settings-file.ts';
import { SOURCES, type Source } from '../../src/adapters/warehouse/ask-warehouse.ts';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { suggestion } from '../../src/catalogue/nearest.ts';
import { type ParamValues, readParams } from '../../src/catalogue/param-values.ts';
import { type Engine, engines, type QueryParam, type Question } from '../../src/catalogue/query-file.ts';
import type { Format } from '../../src/report/format-rows.ts';
import { answer } from '../answer.ts';
import { askEngine, engineOf } from '../ask-engine.ts';
import type { CommandDefinition } from '../command.ts';
import type { Io } from '../io.ts';
import { loadAndTell } from '../load-and-tell.ts';
import {
  addGroup,
  configOption,
  endpointOption,
  flagName,
  formatOption,
  refuseGroup,
  regionOption,
  type SourceFlags,
  snapshotOption,
  sourceOptions,
  timeOption,
} from '../options.ts';
import { addEngineGroups, refuseOtherEngines, type WarehouseFlags } from '../warehouse.ts';

export const ask: CommandDefinition = (program, io, finish) => {
  const questions = readQuestions();
  const command = program
    .command('ask')
    .summary('answer a question from a store, or straight from log files')
    .description('Answers a question from a store (--store), or straight from log files, keeping nothing.')
    .usage('<question> [path...] [options]')
    .commandsGroup('Questions:')
    .configureHelp({ subcommandTerm: (question) => question.name() })
    .addHelpText(
      'after',
      '\n"podtrail ask <question> --help" lists the options of a question and explains its answer.',
    )
    .action(() => {
      const [first] = command.args;
      const names = questions.map((question) => question.name);
      if (first === undefined) throw new ParameterError('name a question: "podtrail questions" lists them');
      const later = command.args.find((word) => names.includes(word));
      throw new ParameterError(
        later === undefined
          ? `there is no question "${first}"${suggestion(first, names)}; "podtrail questions" lists them`
          : `the question comes before paths and options: podtrail ask ${later} …`,
      );
    })
    .allowUnknownOption()
    .allowExcessArguments();
  for (const question of questions) {
    command.addCommand(questionCommand(question, program, io, finish));
  }
};

interface AskFlags extends SourceFlags {
  store?: string;
  format: Format;
  engine: Engine;
  source: Source;
  dryRun?: boolean;
}

function questionCommand(
  question: Question,
  program: Command,
  io: Io,
  finish: (code: number) => void,
): Command {
  const command = new Command(question.name)
    .copyInheritedSettings(program)
    .configureHelp({ formatHelp: (shown, help) => withExamples(question, shown, help) })
    .summary(question.question)
    .description(
      [question.question, '', ...question.reading, ...question.limits.map((limit) => `Limit: ${limit}`)].join(
        '\n',
      ),
    )
    .argument('[path...]', 'without --store: log files, folders, s3:// prefixes, or - for standard input');
  for (const param of question.params) command.addOption(paramOption(param));
  command
    .option('--store <file>', 'the store to ask')
    .addOption(formatOption('table'))
    .addOption(
      new Option('--engine <name>', 'duckdb answers from a store or log files, the others from their tables')
        .choices(engines)
        .default('duckdb'),
    );
  addGroup(command, OF_READING, [configOption(), snapshotOption(), endpointOption(), regionOption()]);
  addEngineGroups(command, [
    new Option(
      '--source <name>',
      'what to read; auto: the history where it has the range to its last moment, else the log files',
    )
      .choices(SOURCES)
      .default('auto'),
    new Option('--dry-run', 'print what would be run, and run nothing'),
  ]);
  return command.action(async (paths: string[], flags: AskFlags) =>
    finish(await askQuestion({ question, command, paths, flags, io })),
  );
}

/** The help of a question, with its examples before the options that most people never need. */
function withExamples({ name, examples }: Question, command: Command, help: Help): string {
  const heading = examples.length === 1 ? 'Example:' : 'Examples:';
  const lines = examples.map((line) => `  podtrail ask ${name} --store trail.duckdb ${line}`);
  return Help.prototype.formatHelp
    .call(help, command, help)
    .replace(OF_READING, () => [heading, ...lines, '', OF_READING].join('\n'));
}

interface Asked {
  question: Question;
  /** Knows which options were given. */
  command: Command;
  paths: string[];
  flags: AskFlags;
  io: Io;
}

/** Returns the exit code. */
async function askQuestion(asked: Asked): Promise<number> {
  const { question, command, paths, flags, io } = asked;
  const values = readFlags(question, flags as unknown as Record<string, string | undefined>, io.now());
  const engine = engineOf(flags, paths);
  refuseOtherEngines(command, engine);
  if (engine !== null) {
    if (flags.snapshot !== undefined)
      throw new ParameterError(
        `--snapshot has no effect with --engine ${engine}: name the file under "snapshots" in the settings file`,
      );
    const { source, format } = flags;
    const isDryRun = flags.dryRun === true;
    const warehouse = flags as unknown as WarehouseFlags;
    return askEngine(engine, { question, values, source, format, isDryRun }, warehouse, io);
  }
  if (flags.store !== undefined) return askKept(asked, flags.store, values);
  if (paths.length === 0) throw new ParameterError('nothing to search: give --store FILE or log files');
  return withTemporaryStore(async (store) => {
    const code = await loadAndTell(store, paths, sourceOptions(flags, io), io);
    await answer(store, question, values, flags.format, io);
    return code;
  });
}

async function askKept(
  { question, command, paths, flags, io }: Asked,
  path: string,
  values: ParamValues,
): Promise<number> {
  if (paths.length > 0)
    throw new ParameterError('give --store or paths, not both: add files to a store with "podtrail load"');
  // Which networks are one's own is asked of the settings file even so.
  const isAsked = (flag: string) =>
    flag === '--config' && 'networks' in values && command.getOptionValue('networks') === undefined;
  refuseGroup(command, OF_READING, (flag) =>
    isAsked(flag) ? null : `${flag} has no effect with --store: give it to "podtrail load"`,
  );
  const store = await Store.openToRead(path);
  try {
    await answer(store, question, values, flags.format, io);
    return 0;
  } finally {
    await store.close();
  }
}

const OF_READING = 'Options for log files:';

function paramOption(param: QueryParam): Option {
  const kind = param.type === 'integer' ? 'n' : param.type;
  const fallback = param.defaultText === null ? '' : ` (default: ${param.defaultText})`;
  const name = flagName(param.name);
  // A sentence in docs/questions.md, a phrase among the other options.
  const description = param.description
    .replace(/\.$/, '')
    .replace(/^[A-Z](?=[a-z]* )/, (first) => first.toLowerCase());
  const need = param.need === 'required' ? 'required: ' : '';
  const option =
    param.type === 'time'
      ? timeOption(name, `${description}${fallback}`)
      : new Option(`--${name} <${kind}>`, `${need}${description}${fallback}`);
  return option.argParser((value: string, before: string | undefined) => {
    if (before === undefined) return value;
    throw new ParameterError(`--${name} was given twice, as "${before}" and "${value}": ask once for each`);
  });
}

/** The values that flags give a question's parameters. Throws ParameterError in the words of the command line. */
function readFlags(question: Question, flags: Record<string, string | undefined>, now: Date): ParamValues {
  try {
    return readParams(question, written(question, flags), now);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    const names = question.params.map(({ name }) => name);
    const inFlags = (line: string) =>
      line.replace(/^"(\w+)"/, (told, name) => (names.includes(name) ? `--${flagName(name)}` : told));
    throw new ParameterError(error.message.split('\n').map(inFlags).join('\n'));
  }
}

/** What was written for the question's parameters, by their own names. */
function written(
  question: Question,
  flags: Record<string, string | undefined>,
): Record<string, string | undefined> {
  const given = Object.fromEntries(
    question.params.map((param) => [param.name, flags[paramOption(param).attributeName()]]),
  );
  // Which networks are one's own is said once.
  if ('networks' in given) given.networks ??= readNetworks(flags.config);
  return given;
}
