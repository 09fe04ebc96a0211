// Computes the widths of a table's columns: as wide as their content, unless the terminal is narrower.

/** The columns between two columns. */
export const gap = 2;
/** A text column narrower than this shows nothing that anybody could read. */
const narrowest = 10;
/** Where no terminal sets a limit, one hostile value must not pad every row to its own length. */
const widest = 1000;

export interface ColumnNeed {
  /** The width of the widest cell, the name included. */
  readonly natural: number;
  /** Text may be broken over lines; a number, a time or a boolean may not. */
  readonly isText: boolean;
}

/**
 * A width for every column, so that a row fits into `width`: the widest texts give way first, each down to a readable minimum.
 * Null where even that does not fit.
 */
export function columnWidths(needs: readonly ColumnNeed[], width: number | null): number[] | null {
  const natural = needs.map((need) => (need.isText ? Math.min(need.natural, widest) : need.natural));
  if (width === null) return natural;
  const room = width - gap * (needs.length - 1);
  const atMost = (limit: number) => natural.map((own, i) => (needs[i]?.isText ? Math.min(own, limit) : own));
  const fits = (widths: readonly number[]) => widths.reduce((sum, one) => sum + one, 0) <= room;
  if (fits(natural)) return natural;
  if (!fits(atMost(narrowest))) return null;
  let limit = narrowest;
  while (fits(atMost(limit + 1))) limit++;
  return atMost(limit);
}
