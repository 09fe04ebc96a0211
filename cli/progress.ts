// Shows the progress of a load on standard error: a line that rewrites itself on a terminal, nothing elsewhere.
import type { LoadProgress } from '../src/adapters/duckdb/load.ts';
import type { Io } from './io.ts';

const EVERY_MS = 100;

/** `report` may be called often; `clear` removes the line before other talk. */
export function progressLine(io: Io): { report: (progress: LoadProgress) => void; clear: () => void } {
  let last = 0;
  let isShown = false;
  const shows = io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  return {
    report(progress) {
      const now = performance.now();
      if (!shows || now - last < EVERY_MS) return;
      last = now;
      isShown = true;
      io.stderr.write(`\r\x1b[K${describe(progress)}`);
    },
    clear() {
      if (isShown) io.stderr.write('\r\x1b[K');
      isShown = false;
    },
  };
}

function describe({ phase, files, filesInAll, records }: LoadProgress): string {
  const count = (value: number) => value.toLocaleString('en-US');
  if (phase === 'finding') return `finding log files: ${count(files)}`;
  const share = filesInAll === null ? '' : ` of ${count(filesInAll)}`;
  const text = `${count(files)}${share} files, ${count(records)} records`;
  return phase === 'reading' ? `reading: ${text}` : `attributing: ${text}`;
}
