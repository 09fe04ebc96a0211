// podtrail snapshot: writes down whom the account's roles serve, so that records without an issuance can be named by it.
import { writeFile } from 'node:fs/promises';
import { takeSnapshot } from '../../src/adapters/account/take-snapshot.ts';
import { SnapshotError } from '../../src/adapters/snapshot-file.ts';
import { snapshotRoles } from '../../src/diagnosis/snapshot-roles.ts';
import { escapeForTerminal } from '../../src/report/escape.ts';
import type { CommandDefinition } from '../command.ts';
import { say } from '../io.ts';

export const snapshot: CommandDefinition = (program, io, finish) => {
  program
    .command('snapshot')
    .summary("write down whom the account's roles serve")
    .description(
      'Writes the trust policies of roles for pods, and the Pod Identity associations, to a file. "attribute", "load" and "ask" take it\n' +
        'with --snapshot (or "snapshots" in the settings file): a role that serves one workload only then names it, as inferred, where the\n' +
        'records have no issuance. It only reads: iam:ListRoles, eks:ListClusters, eks:DescribeCluster, eks:ListPodIdentityAssociations,\n' +
        'eks:DescribePodIdentityAssociation, sts:GetCallerIdentity.',
    )
    .requiredOption('--output <file>', 'where to write it')
    .requiredOption('--regions <list>', 'whose clusters are read, parted by commas')
    .addHelpText(
      'after',
      '\nExample:\n  podtrail snapshot --output snapshot.json --regions us-west-2,eu-west-1',
    )
    .action(async ({ output, regions }: { output: string; regions: string }) => {
      const taken = await takeSnapshot({
        regions: regions.split(',').map((one) => one.trim()),
        now: io.now(),
      });
      await writeFile(output, `${JSON.stringify(taken, null, 2)}\n`).catch((error: Error) => {
        throw new SnapshotError(output, "can't be written", error);
      });
      for (const { what, why } of taken.unread)
        say(io, `podtrail: could not read ${escapeForTerminal(what)}: ${escapeForTerminal(why)}`);
      const serving = snapshotRoles(taken);
      say(
        io,
        `${taken.roles.length} roles for pods, ${taken.associations.length} associations: ${serving.length} roles serve one workload only`,
      );
      finish(taken.unread.length > 0 ? 3 : 0);
    });
};
