// podtrail demo: a seeded trail through the real pipeline, with answers, checked against its own truth.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askStore } from '../../src/adapters/duckdb/ask.ts';
import type { Store } from '../../src/adapters/duckdb/store.ts';
import { withTemporaryStore } from '../../src/adapters/duckdb/temporary-store.ts';
import { writeSimulatedTrail } from '../../src/adapters/write-simulated-trail.ts';
import { type Score, type ScoredRow, Scorer } from '../../src/simulator/score.ts';
import { answer } from '../answer.ts';
import { type Io, say } from '../io.ts';
import { loadAndTell } from '../load-and-tell.ts';
import type { CommandDefinition } from '../main.ts';
import { positiveInteger } from '../options.ts';
import { questionByName } from '../questions-by-name.ts';

export const demo: CommandDefinition = (program, io, finish) => {
  program
    .command('demo')
    .summary('run the whole pipeline on a simulated trail; no account, no network')
    .description(
      'Simulates a trail of several clusters and accounts (with impostors, role chains, late and duplicate delivery),\n' +
        'attributes it as "podtrail load" would, answers three questions, and checks every answer against the truth.',
    )
    .option('--records <n>', 'records in the trail', positiveInteger, 20_000)
    .option('--seed <n>', 'another seed makes another trail', positiveInteger, 1)
    .option('--keep <folder>', 'write the trail to this folder and leave it there')
    .action(async (flags: { records: number; seed: number; keep?: string }) => {
      const folder = flags.keep ?? (await mkdtemp(join(tmpdir(), 'podtrail-demo-')));
      try {
        finish(await runDemo(folder, flags, io));
      } finally {
        if (flags.keep === undefined) await rm(folder, { recursive: true, force: true });
      }
    });
};

async function runDemo(folder: string, flags: { records: number; seed: number }, io: Io): Promise<number> {
  const scorer = new Scorer();
  const written = await writeSimulatedTrail(folder, flags, (truth) => scorer.expect(truth));
  say(
    io,
    `A simulated trail: ${written.files} log files, ${written.records.toLocaleString('en-US')} records, duplicates included.`,
  );
  return withTemporaryStore(async (store) => {
    await loadAndTell(store, [folder], {}, io);
    await tell(store, io, 'Who accessed the bucket pii-exports?', 'who-accessed', {
      resource: 'pii-exports',
    });
    await tell(store, io, 'Which workloads could not get their credentials?', 'failed-assumptions', {});
    await tell(store, io, 'Which calls of workloads could not be named, and why?', 'unattributed', {
      limit: 8,
    });
    for await (const row of askStore(store, questionByName('attributed-calls'), {}))
      scorer.add(row as unknown as ScoredRow);
    const score = scorer.finish();
    tellScore(score, io);
    return score.falseClaims.length + score.missed.length + score.lost === 0 ? 0 : 1;
  });
}

async function tell(
  store: Store,
  io: Io,
  heading: string,
  name: string,
  values: Record<string, string | number>,
): Promise<void> {
  io.stdout.write(
    `\n${heading}\n   podtrail ask ${name}${Object.entries(values)
      .map(([key, value]) => ` --${key} ${value}`)
      .join('')}\n\n`,
  );
  await answer(store, questionByName(name), values, 'table', io);
}

function tellScore(score: Score, io: Io): void {
  const count = (value: number) => value.toLocaleString('en-US');
  io.stdout.write(
    `\nAgainst the truth of ${count(score.rows)} records: ${count(score.named)} calls named rightly, ` +
      `${count(score.leftAlone)} of other callers left alone, ${count(score.falseClaims.length)} false claims, ` +
      `${count(score.missed.length)} provable calls missed, ${count(score.lost)} records lost.\n`,
  );
  for (const { truth, row } of [...score.falseClaims, ...score.missed].slice(0, 5)) {
    say(
      io,
      `not as the truth (${truth.why}): said ${row.confidence} by ${row.evidence}, provable ${truth.provable} by ${truth.evidence}`,
    );
    if (process.env.DBG) say(io, JSON.stringify({ truth, row }));
  }
}
