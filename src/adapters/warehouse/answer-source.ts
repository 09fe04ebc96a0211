// Says in words what an answer is from, so that nobody takes a part for the whole.
import type { AnsweredFrom } from './ask-warehouse.ts';
import type { Places, ReadSums } from './attribute-log-files.ts';

/** A line for each thing that is to be known of what was asked. */
export function sourceLines(from: AnsweredFrom, places: Places): string[] {
  if (from.source === 'logs')
    return [`from log files: ${from.sums.files} files, ${sumsText(from.sums, places)}`];
  const { missing, early, provisional, completeUntil } = from.coverage;
  const cut = early.map(({ day, rolledUpAt }) => `${day} at ${rolledUpAt.toISOString().slice(11, 16)}`);
  const days = (list: readonly string[]) =>
    `${list.slice(0, 5).join(', ')}${list.length > 5 ? ` and ${list.length - 5} more` : ''}`;
  return [
    `from the history, ${completeUntil === null ? 'which is not complete for the first day asked' : `complete until ${completeUntil}`}; calls of AWS's own services are only counted in it`,
    ...(missing.length === 0 ? [] : [`not in the history: ${days(missing)}: roll them up`]),
    ...(cut.length === 0 ? [] : [`rolled up before the end of what was asked: ${days(cut)}`]),
    ...(provisional.length === 0 ? [] : [`perhaps not all delivered when rolled up: ${days(provisional)}`]),
  ];
}

/** What became of each record that was read, in one line. */
export function sumsText(sums: ReadSums, places: Places): string {
  const { read, kept, outside, duplicate, rejected, rejectedPath } = sums;
  const where = rejectedPath === null ? '' : ` (one in ${rejectedPath})`;
  return `${read} records read = ${kept} kept + ${outside} of other times + ${duplicate} duplicate + ${rejected} rejected${where}${leftOut(places)}`;
}

/** What was not read by the user's own wish, as the rest of a sentence. */
function leftOut({ layout }: Places): string {
  const { length } = layout?.without ?? [];
  return length === 0 ? '' : `, leaving out ${length} of the log files (--without)`;
}
