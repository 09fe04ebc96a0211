// Writes rows of texts as statements that select them, none longer than engines take.
import { literal } from './warehouse.ts';

/** What one statement lists: Athena takes 262,144 bytes in all (https://docs.aws.amazon.com/athena/latest/ug/service-limits.html). */
const MOST_BYTES = 200_000;

/** Selects of these rows, in their order by `place`: at least one, also where there is no row. */
export function rowsStatements(
  columns: readonly string[],
  rows: readonly (string | null)[][],
): [string, ...string[]] {
  const names = ['place', ...columns].join(', ');
  const select = (listed: readonly string[]) =>
    `select ${names} from (values ${listed.join(', ')}) as r(${names})`;
  const lists = inLists(rows.map(listedRow));
  const [first, ...others] = lists.map(select);
  if (first !== undefined) return [first, ...others];
  const nothing = columns.map(() => null);
  return [`${select([listedRow(nothing, 0)])} where 1 = 0`];
}

function listedRow(row: readonly (string | null)[], place: number): string {
  return `(${place}, ${row.map(asText).join(', ')})`;
}

/** Typed, since a column of nulls alone has no type that a table can have. */
function asText(value: string | null): string {
  return value === null ? literal(null) : `cast(${literal(value)} as varchar)`;
}

function inLists(listed: readonly string[]): string[][] {
  const lists: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of listed) {
    const size = Buffer.byteLength(`${row}, `);
    if (bytes + size > MOST_BYTES) {
      lists.push([]);
      bytes = 0;
    }
    lists.at(-1)?.push(row);
    bytes += size;
  }
  return lists;
}
