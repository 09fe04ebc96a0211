// Keeps the history up to date: rolls up each day that is due; one that fails does not keep the others from being done. Tidies it
// once a day.
import type { Settings } from '../settings-file.ts';
import type { Places } from './attribute-log-files.ts';
import { daysDue, daysOfHistory, type HistoryDay } from './history-days.ts';
import { makeHistory, type RolledUpDay, rollUpDay, tidyHistory } from './roll-up.ts';
import { type Warehouse, WarehouseError } from './warehouse.ts';

export interface KeptUp {
  days: RolledUpDay[];
  failed: { day: string; error: WarehouseError }[];
  /** Due, and not begun, since the time was over. */
  left: string[];
  /** Why the history could not be tidied; null where it was, or nothing was to be tidied. */
  untidied: WarehouseError | null;
}

/** So much before a day that is there for good is tidied with it, in case an earlier run could not. */
const TIDY_BEFORE_MS = 3 * 86_400_000;

export interface KeepUpOptions {
  settings: Settings;
  now: () => Date;
  /** Once it is aborted, no day is begun. */
  signal: AbortSignal;
}

/** Makes the tables where there are none. Throws WarehouseError where not even the days can be found out. */
export async function keepUp(
  warehouse: Warehouse,
  places: Places,
  { settings, now, signal }: KeepUpOptions,
): Promise<KeptUp> {
  const kept: KeptUp = { days: [], failed: [], left: [], untidied: null };
  for (const day of daysDue(await daysOrTables(warehouse, places), now())) {
    if (signal.aborted) {
      kept.left.push(day);
      continue;
    }
    try {
      kept.days.push(await rollUpDay(warehouse, places, day, { settings, now: now() }));
    } catch (error) {
      if (!(error instanceof WarehouseError)) throw error;
      kept.failed.push({ day, error });
    }
  }
  const final = kept.days.find(({ isFinal }) => isFinal);
  if (final !== undefined && !signal.aborted) kept.untidied = await tidied(warehouse, places, final.day);
  return kept;
}

/** A day is rolled up for good once, so that doing this then does it once a day. Returns why it failed. */
async function tidied(warehouse: Warehouse, places: Places, day: string): Promise<WarehouseError | null> {
  try {
    const since = new Date(Date.parse(`${day}T00:00:00Z`) - TIDY_BEFORE_MS);
    await tidyHistory(warehouse, places, since);
    return null;
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
    return error;
  }
}

async function daysOrTables(warehouse: Warehouse, places: Places): Promise<HistoryDay[]> {
  try {
    return await daysOfHistory(warehouse, places.history);
  } catch (error) {
    if (!(error instanceof WarehouseError) || error.code !== 'table-missing') throw error;
    await makeHistory(warehouse, places);
    return [];
  }
}
