// Says which days the attributed history has, and how much of a time range it covers.
import type { TimeRange } from '../../trail/keys.ts';
import { ROLL_UPS } from './history-tables.ts';
import { allRows, type Warehouse } from './warehouse.ts';

const DAY_MS = 86_400_000;

export interface HistoryDay {
  /** `2026-10-05`, in UTC. */
  day: string;
  /** False where it was rolled up so early that records may have been delivered later. */
  isFinal: boolean;
  /** When it was last rolled up. */
  rolledUpAt: Date;
}

/** The days that were rolled up, in order. */
export async function daysOfHistory(warehouse: Warehouse, history: string): Promise<HistoryDay[]> {
  const rows = await allRows(
    warehouse,
    `select date_format(day, '%Y-%m-%d') as day, is_final, date_format(rolled_up_at, '%Y-%m-%dT%H:%i:%sZ') as rolled_up_at from ${history}.${ROLL_UPS.name} order by day`,
  );
  return rows.map((row) => ({
    day: String(row.day),
    isFinal: row.is_final === true,
    rolledUpAt: new Date(String(row.rolled_up_at)),
  }));
}

/** The days of UTC that a range touches, in order. */
export function daysOf({ since, until }: Required<TimeRange>): string[] {
  const days: string[] = [];
  for (let at = Math.floor(since.getTime() / DAY_MS) * DAY_MS; at < until.getTime(); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** The days of a range that are not in the history for good; with `isAgain` all of them. */
export function daysToDo(
  done: readonly HistoryDay[],
  range: Required<TimeRange>,
  isAgain: boolean,
): string[] {
  const final = new Set(done.flatMap(({ day, isFinal }) => (isFinal ? day : [])));
  return daysOf(range).filter((day) => isAgain || !final.has(day));
}

const HOUR_MS = 3_600_000;

/**
 * The days that keep a history up to date, the oldest first: those it lacks from its first day on, today, and past ones until
 * they are there for good. As every time reads a whole day, a past day is done an hour after its end, when nearly all has been
 * delivered, and then not before it can be final. A history without days begins yesterday.
 */
export function daysDue(done: readonly HistoryDay[], now: Date): string[] {
  const known = new Map(done.map((one) => [one.day, one]));
  const first = done[0]?.day;
  const since = first === undefined ? new Date(now.getTime() - DAY_MS) : beginOf(first);
  return daysOf({ since, until: new Date(now.getTime() + 1) }).filter((day) => {
    const one = known.get(day);
    if (one === undefined) return true;
    const end = endOf(day).getTime();
    return (
      !one.isFinal && (one.rolledUpAt.getTime() < end + HOUR_MS || now.getTime() >= end + FINAL_AFTER_MS)
    );
  });
}

/** What CloudTrail delivers of a day comes within minutes, and by all that is known within a day of its end. */
export const FINAL_AFTER_MS = DAY_MS;

export interface Coverage {
  /** The days of the range that the history lacks. */
  missing: string[];
  /** Those that were rolled up before the end of what is asked of them: later calls are not in the history. */
  early: { day: string; rolledUpAt: Date }[];
  /** Those that were rolled up after it, but so soon that some records may not have been delivered. */
  provisional: string[];
  /** Until when it is complete without a gap from the first day of the range on; null where it lacks that day. */
  completeUntil: string | null;
  /** Whether it can have a record of the range at all. */
  hasDays: boolean;
}

/** What the history has of a range at this moment. */
export function coverageOf(days: readonly HistoryDay[], range: TimeRange, now: Date): Coverage {
  const { since, until } = askedOf(days, range, now);
  const known = new Map(days.map((one) => [one.day, one]));
  const asked = daysOf({ since, until });
  const there = asked.flatMap((day) => known.get(day) ?? []);
  const isEarly = ({ day, rolledUpAt }: HistoryDay) =>
    rolledUpAt.getTime() < Math.min(until.getTime(), endOf(day).getTime());
  let completeUntil: string | null = null;
  for (const day of asked) {
    if (known.get(day)?.isFinal !== true) break;
    completeUntil = endOf(day).toISOString().slice(0, 10);
  }
  return {
    missing: asked.filter((day) => !known.has(day)),
    early: there.filter(isEarly).map(({ day, rolledUpAt }) => ({ day, rolledUpAt })),
    provisional: there.filter((one) => !one.isFinal && !isEarly(one)).map(({ day }) => day),
    completeUntil,
    hasDays: there.some(({ rolledUpAt }) => rolledUpAt > since),
  };
}

/** The days that the history does not have to the end of what is asked of them, in order. */
export function daysLacking({ missing, early }: Coverage): string[] {
  return [...missing, ...early.map(({ day }) => day)].sort();
}

/**
 * The range with its ends: nothing is asked of the future, so that an open end is this moment. Where the beginning is open too,
 * the history as a whole is asked, from its first day to its last roll-up.
 */
function askedOf(days: readonly HistoryDay[], { since, until }: TimeRange, now: Date): Required<TimeRange> {
  const [first, last] = [days[0], days.at(-1)];
  const lastMoment =
    last === undefined ? now : new Date(Math.min(last.rolledUpAt.getTime(), endOf(last.day).getTime()));
  const end = until ?? (since === undefined ? lastMoment : now);
  const closed = end < now ? end : now;
  return { since: since ?? (first === undefined ? closed : beginOf(first.day)), until: closed };
}

function beginOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

function endOf(day: string): Date {
  return new Date(beginOf(day).getTime() + DAY_MS);
}
