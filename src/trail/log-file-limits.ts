// How much a log file may ask of its reader. Real files stay far below; these bound what a hostile one costs.

const MIB = 1024 * 1024;

/** A record larger than this is rejected. */
export const MAX_RECORD_BYTES = 64 * MIB;
/** All that may be read past such records, looking for their ends, in one file. */
export const MAX_OVERSIZE_BYTES = 1024 * MIB;
/** Bytes in no record that a file may have beyond as many as are in its records. */
export const MAX_IDLE_BYTES = 64 * MIB;
/** What half of a value that is no record counts as, besides its length: refusing it costs more than its bytes. */
export const IDLE_VALUE_BYTES = 128;
/** What a gzip member counts as, against what it holds. */
export const MEMBER_BYTES = 2048;
/** Deeper values parse, but whatever walks them recursively afterwards (JSON.stringify does) would overflow. */
export const MAX_NESTING = 2048;
