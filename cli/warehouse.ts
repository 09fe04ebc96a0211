// Opens the engine that a command is told to ask, from its options and the settings file, and tells what it did and cost.
import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { connectAthena } from '../src/adapters/athena/connect.ts';
import { type EngineSettings, readEngineSettings } from '../src/adapters/settings-file.ts';
import { ENDING_SIGNALS, exitCodeOf } from '../src/adapters/temporary-folder.ts';
import { Trino } from '../src/adapters/trino/trino.ts';
import { type Places, statedLayout } from '../src/adapters/warehouse/attribute-log-files.ts';
import { estimateScan, type ScanEstimate, sizeOfTables } from '../src/adapters/warehouse/estimate-scan.ts';
import { partitionsOf } from '../src/adapters/warehouse/log-file-table.ts';
import { placesOf, type Said, slashed, type WarehouseEngine } from '../src/adapters/warehouse/places.ts';
import {
  LEAST_CHARGED_BYTES,
  type Spent,
  type StatementLimits,
  type Warehouse,
  WarehouseError,
} from '../src/adapters/warehouse/warehouse.ts';
import { ParameterError } from '../src/catalogue/errors.ts';
import { compact } from '../src/compact.ts';
import type { TimeRange } from '../src/trail/keys.ts';
import { type Io, say } from './io.ts';
import { addGroup, refuseGroup } from './options.ts';
import { statusLine } from './progress.ts';

const OF_ENGINE: Readonly<Record<WarehouseEngine, () => Option[]>> = {
  athena: () => [
    new Option(
      '--workgroup <name>',
      'Athena workgroup; set its scan limit, which podtrail cannot exceed (default: primary)',
    ),
    new Option('--database <name>', 'the database of the tables (default: podtrail)'),
    new Option('--output <s3://bucket/prefix/>', "where results go (default: the workgroup's)"),
    new Option('--location <s3://bucket/prefix/>', "where the history's files go"),
    new Option(
      '--row-per <grain>',
      "what a row of the log file table is: file, or record, AWS's own definition, for files that unpack to more than 32 MB (default: file)",
    ),
    new Option('--athena-region <name>', 'the region of Athena (default: AWS_REGION)'),
  ],
  trino: () => [
    new Option(
      '--server <url>',
      'the address of Trino, https://host:port; a password is taken from TRINO_PASSWORD',
    ),
    new Option('--user <name>', 'the user (default: podtrail)'),
    new Option('--log-files <table>', 'the table of log files (default: hive.podtrail.log_files)'),
    new Option('--history <schema>', 'the schema of the history (default: iceberg.podtrail)'),
    new Option(
      '--scratch <prefix>',
      "the beginning of a temporary schema's name (default: hive.podtrail_scratch_)",
    ),
  ],
};

/** Where the trail delivers, and what may be spent: alike for both engines. */
const OF_BOTH = () => [
  new Option('--bucket <s3://bucket/prefix/>', 'where the trail delivers, up to AWSLogs/'),
  new Option('--accounts <ids>', 'the accounts whose log files lie there, with commas between them'),
  new Option('--regions <names>', 'the regions whose log files lie there, with commas between them'),
  new Option('--organization <o-id>', 'the organization, where it is an organization trail'),
  new Option(
    '--without <paths>',
    'log files to leave out since they cannot be read to their end, with commas between them',
  ),
  new Option(
    '--first-day <day>',
    'the first day that the trail delivered on (default: 2013-11-13, when CloudTrail began)',
  ),
  new Option(
    '--max-scan <size>',
    'refuse to read more than this, such as 10GB, and cancel once it has been read',
  ),
  new Option('--timeout <seconds>', 'cancel a statement that takes longer'),
];

export type WarehouseFlags = Record<string, string | undefined>;

/** The options by which an engine's tables are found; the same words, with `_` for `-`, are its settings in the settings file. */
export function engineOptions(engine: WarehouseEngine): Option[] {
  return [...OF_ENGINE[engine](), ...OF_BOTH()];
}

/** Under what the help of a command lists the options of the engines, which are no others'. */
const HEADINGS = {
  both: 'Options of --engine athena and trino:',
  athena: 'Options of --engine athena:',
  trino: 'Options of --engine trino:',
} as const;

/** Adds the options of all engines, and such as both have besides, under headings that tell whose they are. */
export function addEngineGroups(command: Command, besides: readonly Option[]): void {
  addGroup(command, HEADINGS.both, [...besides, ...OF_BOTH()]);
  for (const engine of ['athena', 'trino'] as const) addGroup(command, HEADINGS[engine], OF_ENGINE[engine]());
}

/** Throws ParameterError where an option was given that is another engine's; null stands for the embedded one. */
export function refuseOtherEngines(command: Command, engine: WarehouseEngine | null): void {
  for (const [of, heading] of Object.entries(HEADINGS)) {
    if (of === engine || (of === 'both' && engine !== null)) continue;
    const engines = of === 'both' ? 'athena or trino' : of;
    refuseGroup(command, heading, (flag) => `${flag} belongs to --engine ${engines}`);
  }
}

export interface OpenWarehouse {
  warehouse: Warehouse & { readonly spent: Spent };
  places: Places;
  /** Above this nothing more is read. */
  maxScanBytes: number | undefined;
  /** What the log files of a range hold. Throws WarehouseError where that cannot be found out. */
  estimate(range: Required<TimeRange>, now: Date): Promise<ScanEstimate>;
  /** The bytes of these tables of the history, which no question of them can exceed. Throws WarehouseError likewise. */
  sizeOfHistory(tables: readonly string[]): Promise<number>;
  /** What it costs at most to read so many bytes with so many statements, as the rest of a sentence; empty where it has no price. */
  priceOf(bytes: number, statements: number): string;
  /** Removes what is shown while statements run, before other talk. */
  clear(): void;
  /** Ends the listening for signals, and tells what statements were run and what they cost, however they ended. */
  close(): void;
}

/** Throws ParameterError, SettingsError or WarehouseError where it is missing or wrong where things are. */
export async function openWarehouse(
  engine: WarehouseEngine,
  flags: WarehouseFlags,
  io: Io,
): Promise<OpenWarehouse> {
  const flagOf = new Map(
    engineOptions(engine).map((option) => [option.name().replaceAll('-', '_'), option.attributeName()]),
  );
  const settings = readEngineSettings(flags.config, engine, [...flagOf.keys()]);
  const said = (name: string) => text(flags[flagOf.get(name) ?? name], settings, name);
  const begun = performance.now();
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    process.exitCode = exitCodeOf(signal);
    controller.abort();
  };
  const line = statusLine(io);
  const limits: StatementLimits = {
    signal: controller.signal,
    onProgress: (spent) => line.show(() => `${engine}: ${spentText(spent, performance.now() - begun)}`),
    ...compact({ timeoutMs: seconds(said('timeout')), maxScanBytes: sizeOf(said('max_scan')) }),
  };
  const warehouse = engine === 'athena' ? await connectAthena(said, limits) : trino(said, limits, io);
  const places = placesOf(engine, said);
  // The first one still lets it stop its statement and drop its tables.
  for (const signal of ENDING_SIGNALS) process.once(signal, interrupt);
  const s3Options = compact({ endpointUrl: flags.endpointUrl, region: flags.region });
  return {
    warehouse,
    places,
    maxScanBytes: limits.maxScanBytes,
    estimate: (range, now) => {
      const layout = statedLayout(places);
      return untilAborted(
        estimateScan(layout, partitionsOf(layout, range, now), s3Options),
        controller.signal,
      );
    },
    sizeOfHistory: async (tables) => {
      const location = said('location');
      if (engine === 'trino') throw new WarehouseError('estimate', 'Trino does not tell where its files lie');
      if (location === undefined)
        throw new WarehouseError('estimate', 'give --location, where its files lie');
      return untilAborted(sizeOfTables(slashed(location), tables, s3Options), controller.signal);
    },
    priceOf: (bytes, statements) => priceText(engine, bytes + statements * LEAST_CHARGED_BYTES),
    clear: line.clear,
    close: () => {
      line.clear();
      const { spent } = warehouse;
      if (spent.statements > 0)
        say(
          io,
          `podtrail: ${spentText(spent, performance.now() - begun)}${priceText(engine, spent.chargedBytes)}`,
        );
      for (const signal of ENDING_SIGNALS) process.off(signal, interrupt);
    },
  };
}

/** What the work gives, unless a signal ends the command before. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = once(signal, 'abort').then(() => {
    throw new WarehouseError('cancelled', 'interrupted');
  });
  return Promise.race([work, aborted]);
}

function trino(said: Said, limits: StatementLimits, io: Io): Trino {
  const server = said('server');
  if (server === undefined)
    throw new ParameterError('no Trino server was named: give --server https://host:port');
  const password = io.env.TRINO_PASSWORD;
  return new Trino({
    server,
    user: said('user') ?? 'podtrail',
    limits,
    ...compact({ password }),
  });
}

function text(flag: string | undefined, settings: EngineSettings, name: string): string | undefined {
  const value = flag ?? settings[name];
  return typeof value === 'object' ? value.join(',') : value;
}

function seconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(value))
    throw new ParameterError('--timeout must be a whole number of seconds above zero');
  return Number(value) * 1_000;
}

const UNITS: Record<string, number> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

function sizeOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*(KB|MB|GB|TB)?$/i.exec(value) ?? [];
  if (digits === undefined) throw new ParameterError('--max-scan must be a size, such as 10GB');
  return Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
}

/** What Athena charges in most regions. */
const DOLLARS_PER_BYTE = 5e-12;

function priceText(engine: WarehouseEngine, chargedBytes: number): string {
  if (engine === 'trino') return '';
  const dollars = (chargedBytes * DOLLARS_PER_BYTE).toFixed(4);
  return `, at most about $${dollars} at $5 a TB (10 MB a statement at least)`;
}

function spentText({ statements, scannedBytes }: Spent, ms: number): string {
  return `${statements} statements, ${bytesText(scannedBytes)} read, ${(ms / 1000).toFixed(1)} s`;
}

/** `1.6 MB`, in decimal units. */
export function bytesText(count: number): string {
  const unit = ['TB', 'GB', 'MB', 'KB'].find((one) => count >= (UNITS[one] ?? 0)) ?? '';
  return unit === '' ? `${count} bytes` : `${(count / (UNITS[unit] ?? 1)).toFixed(1)} ${unit}`;
}

/** Says a line on standard error behind the status line. */
export function tell(open: OpenWarehouse, io: Io, line: string): void {
  open.clear();
  say(io, `podtrail: ${line}`);
}
