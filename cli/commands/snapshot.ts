// podtrail snapshot: records which workloads the account's roles serve, so that a role can name one where the records cannot.
import { writeFile } from 'node:fs/promises';
import { takeSnapshot } from '../../src/adapters/account/take-snapshot.ts';
import { SnapshotError } from '../../src/adapters/snapshot-file.ts';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { snapshotRoles } from '../../src/diagnosis/snapshot-roles.ts';
import { escapeForTerminal } from '../../src/report/escape.ts';
import { isRegion } from '../../src/trail/keys.ts';
import type { CommandDefinition } from '../command.ts';
import { say } from '../io.ts';

export const snapshot: CommandDefinition = (program, io, finish) => {
  program
    .command('snapshot')
    .summary("record which workloads the account's roles serve")
    .description(
      'Writes the trust policies of roles for pods, and the Pod Identity associations, to a file. Give it to "attribute", "load" or "ask" ' +
        'with --snapshot (or as "snapshots" in the settings file): where the records cannot name a workload and its role serves no other, ' +
        'the role names it, as inferred. The command only reads: iam:ListRoles, eks:ListClusters, eks:DescribeCluster, eks:ListPodIdentityAssociations, ' +
        'eks:DescribePodIdentityAssociation, sts:GetCallerIdentity.',
    )
    .requiredOption('--output <file>', 'the file to write')
    .requiredOption('--regions <list>', 'regions whose clusters are read, with commas between them')
    .addHelpText(
      'after',
      '\nExample:\n  podtrail snapshot --output snapshot.json --regions us-west-2,eu-west-1',
    )
    .action(async ({ output, regions }: { output: string; regions: string }) => {
      const taken = await takeSnapshot({
        regions: regionsOf(regions),
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

function regionsOf(list: string): string[] {
  const regions = list.split(',').map((one) => one.trim());
  const wrong = regions.find((one) => !isRegion(one));
  if (wrong === undefined) return regions;
  throw new ParameterError(
    `--regions takes names with commas between them, such as us-west-2,eu-west-1, not "${wrong}"`,
  );
}
