// Options that several commands share, and how their values are read.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LoadOptions } from '../src/adapters/duckdb/load.ts';
import { DEFAULT_SETTINGS_FILE, readSettings, type Settings } from '../src/adapters/settings-file.ts';
import { readSnapshotRoles } from '../src/adapters/snapshot-file.ts';
import { ParameterError } from '../src/catalogue/errors.ts';
import { parseRange } from '../src/catalogue/times.ts';
import { compact } from '../src/compact.ts';
import { FORMATS, type Format } from '../src/report/format-rows.ts';
import type { Io } from './io.ts';

export interface SourceFlags {
  since?: string;
  until?: string;
  endpointUrl?: string;
  region?: string;
  config?: string;
  snapshot?: string[];
}

/** A time, in every command in the same words. */
export const timeOption = (flag: string, description: string) =>
  new Option(`--${flag} <time>`, `${description}: 2026-10-05, 2026-10-05T03:00Z (UTC), or an age: 24h, 7d`);
export const sinceOption = () => timeOption('since', 'start of the time range (inclusive)');
export const untilOption = () => timeOption('until', 'end of the time range (exclusive)');
export const endpointOption = () =>
  new Option('--endpoint-url <url>', 'S3 endpoint, for S3-compatible stores (also AWS_ENDPOINT_URL_S3)');
export const regionOption = () => new Option('--region <name>', "the bucket's region");

export const configOption = () =>
  new Option(
    '--config <file>',
    `settings: session name patterns, clusters, snapshots, networks, athena, trino (default: ${DEFAULT_SETTINGS_FILE}, where it exists)`,
  );

export const snapshotOption = () =>
  new Option(
    '--snapshot <file>',
    'a file from "podtrail snapshot": names a workload by its role where the records cannot; repeatable',
  ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);

export function formatOption(fallback: Format): Option {
  return new Option('-f, --format <format>', 'how to print the answer').choices(FORMATS).default(fallback);
}

/** The time range, S3 options and settings of a command as the reading side takes them. */
export function sourceOptions(flags: SourceFlags, io: Io): LoadOptions {
  return {
    settings: withSnapshots(readSettings(flags.config), flags.snapshot ?? []),
    ...parseRange(flags, io.now()),
    ...compact({ endpointUrl: flags.endpointUrl, region: flags.region }),
  };
}

function withSnapshots(settings: Settings, paths: readonly string[]): Settings {
  return {
    ...settings,
    snapshotRoles: [...(settings.snapshotRoles ?? []), ...paths.flatMap(readSnapshotRoles)],
  };
}

/** Adds options under a heading of the command's help, which says what they belong to. */
export function addGroup(command: Command, heading: string, options: readonly Option[]): void {
  for (const option of options) command.addOption(option.helpGroup(heading));
}

/**
 * Throws ParameterError where an option under the heading was given that does nothing here, since it would pass for obeyed; `why` says
 * so, or null of one that is obeyed.
 */
export function refuseGroup(command: Command, heading: string, why: (flag: string) => string | null): void {
  for (const option of command.options) {
    if (option.helpGroupHeading !== heading || command.getOptionValueSource(option.attributeName()) !== 'cli')
      continue;
    const reason = why(`--${option.name()}`);
    if (reason !== null) throw new ParameterError(reason);
  }
}

/** Throws ParameterError where an option was given an empty value, as by an unset variable of a script: it would pass for left out, or match nothing. */
export function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (value === '' || (Array.isArray(value) && value.includes('')))
      throw new ParameterError(`--${option.name()} needs a value`);
  }
}

/** A whole number above zero, as commander's argument parser. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above zero.');
  return Number(text);
}

/** `service_account` in a question is `--service-account` on the command line. */
export function flagName(param: string): string {
  return param.replaceAll('_', '-');
}
