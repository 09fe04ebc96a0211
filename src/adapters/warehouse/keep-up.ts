// Keeps the history up to date: rolls up each day that is due; one that fails does not keep the others from being done.
import type { Settings } from '../settings-file.ts';
import type { Places } from './attribute-log-files.ts';
import { daysDue, daysOfHistory, type HistoryDay } from './history-days.ts';
import { makeHistory, type RolledUpDay, rollUpDay } from './roll-up.ts';
import { type Warehouse, WarehouseError } from './warehouse.ts';

export interface KeptUp {
  days: RolledUpDay[];
  failed: { day: string; error: WarehouseError }[];
  /** Due, and not begun, since the time was over. */
  left: string[];
}

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
  const kept: KeptUp = { days: [], failed: [], left: [] };
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
  return kept;
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
