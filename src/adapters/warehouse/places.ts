// Reads where an engine has the trail and the history from what a person said of it: on a command line, in a settings file, or in
// a function's environment.
import { ParameterError } from '../../catalogue/errors.ts';
import type { Places } from './attribute-log-files.ts';
import { checkLayout, type LogFileLayout, ROW_PER, type RowPer } from './log-file-table.ts';

export type WarehouseEngine = 'athena' | 'trino';

/** What was said under a name of the settings file, `first_day`; undefined where nothing was. */
export type Said = (name: string) => string | undefined;

/** Both may stand side by side. */
const TABLE_OF: Readonly<Record<RowPer, string>> = { file: 'log_files', record: 'delivered_records' };

/** When CloudTrail began: no trail has delivered before (https://aws.amazon.com/blogs/aws/aws-cloudtrail-capture-aws-api-activity/). */
const CLOUDTRAIL_BEGAN = '2013-11-13';

/** Throws ParameterError where something is said wrongly. */
export function placesOf(engine: WarehouseEngine, said: Said): Places {
  const database = databaseOf(said);
  const rowPer = engine === 'athena' ? rowPerOf(said('row_per')) : 'file';
  const table =
    engine === 'athena'
      ? `${database}.${TABLE_OF[rowPer]}`
      : (said('log_files') ?? 'hive.podtrail.log_files');
  const places: Places = {
    layout: layoutOf(said, table, rowPer),
    history: engine === 'athena' ? database : (said('history') ?? 'iceberg.podtrail'),
    scratch: engine === 'athena' ? `${database}_scratch_` : (said('scratch') ?? 'hive.podtrail_scratch_'),
  };
  for (const name of [table, places.history, places.scratch])
    if (!/^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*$/.test(name))
      throw new ParameterError(`"${name}" is not a name of a table or schema: lower case, digits and "_"`);
  return places;
}

/** Athena's database, with the history's tables and the log file table. */
export function databaseOf(said: Said): string {
  return said('database') ?? 'podtrail';
}

function rowPerOf(value = 'file'): RowPer {
  const known = ROW_PER.find((one) => one === value);
  if (known === undefined) throw new ParameterError(`--row-per is ${ROW_PER.join(' or ')}, not "${value}"`);
  return known;
}

function layoutOf(said: Said, table: string, rowPer: RowPer): LogFileLayout | null {
  const root = said('bucket');
  if (root === undefined) return null;
  const list = (name: string) =>
    (said(name) ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  return checkLayout({
    table,
    root: slashed(/^[a-z0-9]+:\/\//.test(root) ? root : `s3://${root}`),
    organization: said('organization') ?? null,
    accounts: list('accounts'),
    regions: list('regions'),
    firstDay: said('first_day') ?? CLOUDTRAIL_BEGAN,
    rowPer,
    without: list('without'),
  });
}

/** The path with a slash at its end. */
export function slashed(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
