// Reads podtrail's settings: patterns of session names, the clusters behind OIDC issuers, and where Athena or Trino has the trail.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { suggestion } from '../catalogue/nearest.ts';
import { issuerNamed } from '../diagnosis/policy/issuer.ts';
import type { SnapshotRole } from '../diagnosis/snapshot-roles.ts';
import { PodtrailError } from '../errors.ts';
import {
  BUILT_IN_PATTERNS,
  type SessionNamePattern,
  sessionNamePatterns,
} from '../identity/session-name-patterns.ts';
import { readJson } from './read-json.ts';
import { readSnapshotRoles } from './snapshot-file.ts';

export const DEFAULT_SETTINGS_FILE = 'podtrail.config.json';

/** Raised when the settings file is absent, unreadable, or says something that podtrail does not know. */
export class SettingsError extends PodtrailError {
  constructor(path: string, fault: string, cause?: unknown) {
    super('settings', `${path}: ${fault}`, { cause });
  }
}

/** One row of the relation `clusters`: the cluster whose tokens an IAM OIDC provider or issuer signs for. */
export interface KnownCluster {
  issuer: string;
  cluster_id: string;
  cluster: string;
}

export interface Settings {
  sessionNamePatterns: readonly SessionNamePattern[];
  clusters: readonly KnownCluster[];
  /** Roles that snapshots say serve one workload each. */
  snapshotRoles?: readonly SnapshotRole[];
}

/** What holds where no file says anything. */
export const NO_SETTINGS: Settings = { sessionNamePatterns: BUILT_IN_PATTERNS, clusters: [] };

/** Texts, or lists of them, by the names of the command line's options in snake case. */
export type EngineSettings = Readonly<Record<string, string | readonly string[]>>;

const KEYS = ['session_name_patterns', 'clusters', 'networks', 'snapshots', 'athena', 'trino'];

/** The networks that the settings file says pods call from, as a person would write them for `--networks`; undefined where none. */
export function readNetworks(path: string | undefined): string | undefined {
  const file = fileOf(path);
  const said = file === null ? undefined : parse(file).networks;
  if (file === null || said === undefined) return undefined;
  const networks = texts(file, 'networks', said);
  return networks.length === 0 ? undefined : networks.join(',');
}

/** What the settings file says of an engine, of these names only; empty where it says nothing. */
export function readEngineSettings(
  path: string | undefined,
  engine: 'athena' | 'trino',
  names: readonly string[],
): EngineSettings {
  const file = fileOf(path);
  const said = file === null ? undefined : parse(file)[engine];
  if (file === null || said === undefined) return {};
  if (typeof said !== 'object' || said === null || Array.isArray(said))
    throw new SettingsError(file, `${engine} must be a JSON object`);
  for (const [name, value] of Object.entries(said)) {
    if (!names.includes(name))
      throw new SettingsError(
        file,
        `there is no setting "${engine}.${name}"${suggestion(name, names)}; there are ${names.join(', ')}`,
      );
    const isText = (one: unknown) => typeof one === 'string' && one !== '';
    if (!isText(value) && !(Array.isArray(value) && value.every(isText)))
      throw new SettingsError(file, `${engine}.${name} must be a string or a list of strings`);
  }
  return said as EngineSettings;
}

function fileOf(path: string | undefined): string | null {
  return path ?? (existsSync(DEFAULT_SETTINGS_FILE) ? DEFAULT_SETTINGS_FILE : null);
}

/** The settings of `path`, or of the default file where it exists; podtrail's own patterns come first. */
export function readSettings(path: string | undefined): Settings {
  const file = fileOf(path);
  if (file === null) return NO_SETTINGS;
  const found = parse(file);
  return {
    sessionNamePatterns: sessionNamePatterns(
      texts(file, 'session_name_patterns', found.session_name_patterns),
    ),
    clusters: clusters(file, found.clusters),
    snapshotRoles: texts(file, 'snapshots', found.snapshots).flatMap((path) =>
      readSnapshotRoles(resolve(dirname(file), path)),
    ),
  };
}

function parse(file: string): Record<string, unknown> {
  const found = readJson(file, (fault, cause) => new SettingsError(file, fault, cause));
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new SettingsError(file, 'must be a JSON object');
  const unknown = Object.keys(found).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    throw new SettingsError(
      file,
      `there is no setting "${unknown}"${suggestion(unknown, KEYS)}; there are ${KEYS.join(', ')}`,
    );
  return found as Record<string, unknown>;
}

function texts(file: string, name: string, found: unknown): string[] {
  if (found === undefined) return [];
  if (!Array.isArray(found) || !found.every((one) => typeof one === 'string')) {
    throw new SettingsError(file, `${name} must be a list of strings`);
  }
  return found;
}

/** An issuer may be given as its URL, its host and path, or as the IAM provider's ARN. */
function clusters(file: string, found: unknown): KnownCluster[] {
  if (found === undefined) return [];
  if (!Array.isArray(found)) throw new SettingsError(file, 'clusters must be a list');
  const known = found.map((one: Record<string, unknown> | null, index) => {
    const { issuer, id, name } = one ?? {};
    if (
      typeof issuer !== 'string' ||
      typeof id !== 'string' ||
      typeof name !== 'string' ||
      !issuer ||
      !id ||
      !name
    ) {
      throw new SettingsError(
        file,
        `clusters[${index}] must have the strings issuer, id (the cluster's ARN) and name`,
      );
    }
    if (/[\x00-\x1f\x7f]/.test(issuer + id + name)) {
      throw new SettingsError(file, `clusters[${index}] holds control characters`);
    }
    return {
      issuer: issuerNamed(issuer),
      cluster_id: id,
      cluster: name,
    };
  });
  const issuers = known.map(({ issuer }) => issuer);
  const twice = issuers.find((issuer, index) => issuers.indexOf(issuer) !== index);
  if (twice !== undefined) throw new SettingsError(file, `clusters names the issuer ${twice} twice`);
  return known;
}
