// podtrail load: reads log files into a store, each once.
import { Store } from '../../src/adapters/duckdb/store.ts';
import { compact } from '../../src/compact.ts';
import type { CommandDefinition } from '../command.ts';
import { loadAndTell } from '../load-and-tell.ts';
import {
  configOption,
  endpointOption,
  positiveInteger,
  regionOption,
  type SourceFlags,
  sinceOption,
  snapshotOption,
  sourceOptions,
  untilOption,
} from '../options.ts';

export const load: CommandDefinition = (program, io, finish) => {
  program
    .command('load')
    .summary('read log files into a store, to ask it any time')
    .description(
      'Reads log files into a store and attributes every record, for "podtrail ask --store". Files that the store has are not ' +
        'read again, and no record is kept twice: you can repeat a load, overlap loads, and finish one that was interrupted.',
    )
    .argument('<path...>', 'log files, folders, s3:// prefixes, or - for standard input')
    .requiredOption('--store <file>', 'the store, a DuckDB file; created if it does not exist')
    .option('--reconciliation <file>', 'write what became of every file and record to this file, as JSON')
    .addOption(sinceOption())
    .addOption(untilOption())
    .addOption(endpointOption())
    .addOption(regionOption())
    .addOption(configOption())
    .addOption(snapshotOption())
    .option('--workers <n>', 'threads that read (default: one per processor, at most 4)', positiveInteger)
    .addHelpText(
      'after',
      '\nExample:\n  podtrail load ./logs s3://bucket/AWSLogs/ --store trail.duckdb --since 7d',
    )
    .action(
      async (
        paths: string[],
        flags: SourceFlags & { store: string; reconciliation?: string; workers?: number },
      ) => {
        const store = await Store.openOrCreate(flags.store);
        try {
          const { reconciliation, workers } = flags;
          const options = { ...sourceOptions(flags, io), ...compact({ reconciliation, workers }) };
          finish(await loadAndTell(store, paths, options, io));
        } finally {
          await store.close();
        }
      },
    );
};
