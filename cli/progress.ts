// Shows on standard error what goes on: a line that rewrites itself on a terminal, nothing elsewhere.
import type { LoadProgress } from '../src/adapters/duckdb/load.ts';
import { countText, type Io } from './io.ts';

const EVERY_MS = 100;

/** `show` may be called often; `clear` removes the line before other talk. */
export function statusLine(io: Io): { show: (text: () => string) => void; clear: () => void } {
  let last = 0;
  let isShown = false;
  const shows = io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  return {
    show(text) {
      const now = performance.now();
      if (!shows || now - last < EVERY_MS) return;
      last = now;
      isShown = true;
      io.stderr.write(`\r\x1b[K${text()}`);
    },
    clear() {
      if (isShown) io.stderr.write('\r\x1b[K');
      isShown = false;
    },
  };
}

export function progressText({ phase, files, filesInAll, records }: LoadProgress): string {
  if (phase === 'finding') return `finding log files: ${countText(files)}`;
  const share = filesInAll === null ? '' : ` of ${countText(filesInAll)}`;
  const text = `${countText(files)}${share} files, ${countText(records)} records`;
  return phase === 'reading' ? `reading: ${text}` : `attributing: ${text}`;
}
