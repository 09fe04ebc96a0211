// podtrail attribute: prints every record of log files, with the workload behind it.
import { withTemporaryStore } from '../../src/adapters/duckdb/temporary-store.ts';
import { readQuestion } from '../../src/adapters/query-files.ts';
import { compact } from '../../src/compact.ts';
import type { Format } from '../../src/report/format-rows.ts';
import { answer } from '../answer.ts';
import type { CommandDefinition } from '../command.ts';
import { loadAndTell } from '../load-and-tell.ts';
import {
  configOption,
  endpointOption,
  formatOption,
  regionOption,
  type SourceFlags,
  sinceOption,
  snapshotOption,
  sourceOptions,
  untilOption,
} from '../options.ts';

export const attribute: CommandDefinition = (program, io, finish) => {
  program
    .command('attribute')
    .summary('print every record of log files, with the workload behind it')
    .description(
      'Prints one row per distinct record of log files, with the workload behind it and the evidence for that. The same as ' +
        '"podtrail ask attributed-calls", but with NDJSON as the default format, and --reconciliation. Nothing is kept.',
    )
    .argument('<path...>', 'log files, folders, s3:// prefixes, or - for standard input')
    .addOption(formatOption('ndjson'))
    .option('--reconciliation <file>', 'write what became of every file and record to this file, as JSON')
    .addOption(sinceOption())
    .addOption(untilOption())
    .addOption(endpointOption())
    .addOption(regionOption())
    .addOption(configOption())
    .addOption(snapshotOption())
    .addHelpText(
      'after',
      '\nExample:\n  podtrail attribute ./logs --format ndjson --reconciliation sums.json > rows.ndjson',
    )
    .action(async (paths: string[], flags: SourceFlags & { format: Format; reconciliation?: string }) => {
      const options = sourceOptions(flags, io);
      await withTemporaryStore(async (store) => {
        const code = await loadAndTell(
          store,
          paths,
          { ...options, ...compact({ reconciliation: flags.reconciliation }) },
          io,
        );
        const range = { since: options.since ?? null, until: options.until ?? null };
        await answer(store, readQuestion('attributed-calls'), range, flags.format, io);
        finish(code);
      });
    });
};
