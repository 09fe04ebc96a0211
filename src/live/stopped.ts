// Owns what is told of workloads that stopped renewing, and of those that renew again: many of a cluster at once as one.
import type { Findings, Handled, Renewals } from '../ports.ts';
import { examplesOf, MANY } from './escalation.ts';
import { hashOf } from './failure.ts';
import { type RenewalFinding, renewalFinding, type StoppedTogether, stoppedTogether } from './finding.ts';
import { publishOnce } from './publish-once.ts';
import { hasStopped, type Renewal, renewalKey } from './renewal.ts';

/** Does it; what fails keeps nothing else from being done. */
export type Attempt = (work: () => Promise<void>) => Promise<void>;

export interface StoppedPorts {
  readonly renewals: Renewals;
  readonly handled: Handled;
  readonly findings: Findings;
}

/** Returns how many have stopped. A cluster that is scaled down stops many: it is told as one, and not that they renew again. */
export async function tellStopped(ports: StoppedPorts, now: number, attempt: Attempt): Promise<number> {
  let stopped = 0;
  const byCluster = new Map<string, Renewal[]>();
  for await (const { renewal, told } of ports.renewals.all()) {
    const isStopped = hasStopped(renewal, now);
    const isRenewed = told !== null && renewal.lastAt > told.at;
    if (isRenewed)
      await attempt(async () => {
        if (told.how === 'together' || (await isTold(renewal, 'closed', told.at, ports)))
          await ports.renewals.tell(renewal.workload, renewal.roleArn, null);
      });
    if (!isStopped) continue;
    stopped += 1;
    if (told !== null && !isRenewed) continue;
    const cluster = renewal.workload.clusterId ?? '';
    const those = byCluster.get(cluster);
    if (those === undefined) byCluster.set(cluster, [renewal]);
    else those.push(renewal);
  }
  for (const [cluster, those] of byCluster) await tellOpen(cluster, those, ports, attempt);
  return stopped;
}

async function tellOpen(
  cluster: string,
  those: readonly Renewal[],
  ports: StoppedPorts,
  attempt: Attempt,
): Promise<void> {
  const keep = (renewal: Renewal, how: 'alone' | 'together') =>
    ports.renewals.tell(renewal.workload, renewal.roleArn, { at: renewal.lastAt, how });
  if (those.length >= MANY) {
    await attempt(async () => {
      const finding = together(cluster, those);
      if (!(await publishOnce(finding, ports))) return;
      for (const renewal of those) await keep(renewal, 'together');
    });
    return;
  }
  for (const renewal of those)
    await attempt(async () => {
      if (await isTold(renewal, 'open', renewal.lastAt, ports)) await keep(renewal, 'alone');
    });
}

function isTold(
  renewal: Renewal,
  state: RenewalFinding['state'],
  of: number,
  ports: StoppedPorts,
): Promise<boolean> {
  const finding = renewalFinding(renewal, state);
  return publishOnce(finding, ports, `${finding.id} ${state} ${of}`);
}

/** Its id is of all of them, so that the same ones are told once. */
function together(cluster: string, those: readonly Renewal[]): StoppedTogether {
  const sorted = those
    .map((renewal) => ({
      key: `${renewalKey(renewal.workload, renewal.roleArn)} ${renewal.lastAt}`,
      renewal,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const id = hashOf(`many-stopped ${cluster} ${sorted.map(({ key }) => key).join(' ')}`);
  const examples = examplesOf(sorted.map(({ renewal }) => renewal.workload));
  return stoppedTogether({ id, cluster, examples }, those);
}
