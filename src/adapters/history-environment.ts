// Gives a function the history on Athena, for as long as Lambda lets it run.
import { BUILT_IN_PATTERNS } from '../identity/session-name-patterns.ts';
import type { Athena } from './athena/athena.ts';
import { connectAthena } from './athena/connect.ts';
import { clustersIn, type Environment } from './environment.ts';
import type { Settings } from './settings-file.ts';
import type { Places } from './warehouse/attribute-log-files.ts';
import { placesOf } from './warehouse/places.ts';

export interface History {
  athena: Athena;
  places: Places;
  settings: Settings;
  /** Aborted when little time is left: what runs is stopped then, and its tables are dropped. */
  signal: AbortSignal;
}

/** Enough to stop a statement and to drop the tables that were made for it. */
const LEFT_MS = 60_000;

/**
 * Each setting of Athena that `podtrail athena` knows is a variable: `first_day` is `ATHENA_FIRST_DAY`. Throws ParameterError or
 * EnvironmentError where one says what can't be.
 */
export async function withHistory<T>(
  env: Environment,
  remainingMs: number,
  use: (history: History) => Promise<T>,
): Promise<T> {
  const said = (name: string) => env[`ATHENA_${name.toUpperCase()}`] || undefined;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), Math.max(0, remainingMs - LEFT_MS));
  const { signal } = controller;
  try {
    return await use({
      athena: await connectAthena(said, { signal }),
      places: placesOf('athena', said),
      settings: {
        sessionNamePatterns: BUILT_IN_PATTERNS,
        clusters: [...clustersIn(env)].map(([issuer, { id, name }]) => ({
          issuer,
          cluster_id: id,
          cluster: name,
        })),
      },
      signal,
    });
  } finally {
    clearTimeout(timer);
  }
}
