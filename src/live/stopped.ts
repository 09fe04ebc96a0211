// Owns what is told of workloads that stopped renewing, and of those that renew again: many of a cluster at once as one.

import { each } from '../each.ts';
import { workloadText } from '../identity/workload.ts';
import type { Findings, Handled, Renewals, ToldStopped } from '../ports.ts';
import { examplesOf, MANY } from './escalation.ts';
import { hashOf } from './failure.ts';
import { type RenewalFinding, renewalFinding, stoppedTogether } from './finding.ts';
import { publishOnce } from './publish-once.ts';
import { needlessPeriods, type Renewal, stoppedSince } from './renewal.ts';

/** Does it; what fails keeps nothing else from being done. */
export type Attempt = (work: () => Promise<void>) => Promise<void>;

export interface StoppedPorts {
  readonly renewals: Renewals;
  readonly handled: Handled;
  readonly findings: Findings;
}

/** A renewal that has stopped, and since when it went on without a gap before. */
interface Stopped {
  readonly renewal: Renewal;
  readonly since: number;
}

const QUARTER_MS = 15 * 60_000;

/** Returns how many have stopped. A cluster that is scaled down stops many: it is told as one, and not that they renew again. */
export async function tellStopped(ports: StoppedPorts, now: number, attempt: Attempt): Promise<number> {
  let stopped = 0;
  const byCluster = new Map<string, Stopped[]>();
  for await (const { renewal, told } of ports.renewals.all()) {
    const { workload, roleArn, lastAt } = renewal;
    const isRenewed = told !== null && lastAt > told.at;
    if (isRenewed)
      await attempt(async () => {
        const one = { renewal, since: told.since };
        if (told.how === 'together' || (await isTold(one, 'closed', told.at, ports)))
          await ports.renewals.tell(workload, roleArn, null);
      });
    const needless = needlessPeriods(renewal.periods);
    if (needless.length > 0) await attempt(() => ports.renewals.forget(workload, roleArn, needless));
    const since = stoppedSince(renewal, now);
    if (since === null) continue;
    stopped += 1;
    if (told !== null && !isRenewed) continue;
    const cluster = workload.clusterId ?? '';
    const those = byCluster.get(cluster);
    if (those === undefined) byCluster.set(cluster, [{ renewal, since }]);
    else those.push({ renewal, since });
  }
  for (const [cluster, those] of byCluster) await tellOpen(cluster, those, { ports, now, attempt });
  return stopped;
}

async function tellOpen(
  cluster: string,
  those: readonly Stopped[],
  { ports, now, attempt }: { ports: StoppedPorts; now: number; attempt: Attempt },
): Promise<void> {
  const keep = ({ renewal: { workload, roleArn, lastAt }, since }: Stopped, how: ToldStopped['how']) =>
    ports.renewals.tell(workload, roleArn, { at: lastAt, since, how });
  if (those.length < MANY)
    return each(those, (one) =>
      attempt(async () => {
        if (await isTold(one, 'open', one.renewal.lastAt, ports)) await keep(one, 'alone');
      }),
    );
  await attempt(async () => {
    const id = hashOf(`many-stopped ${cluster} ${Math.floor(now / QUARTER_MS)}`);
    const examples = examplesOf(
      those
        .map(({ renewal: { workload } }) => ({ workload, text: workloadText(workload) }))
        .sort((a, b) => (a.text < b.text ? -1 : 1))
        .map(({ workload }) => workload),
    );
    if (await publishOnce(stoppedTogether({ id, cluster, examples }, those), ports))
      await each(those, (one) => attempt(() => keep(one, 'together')));
  });
}

function isTold(
  { renewal, since }: Stopped,
  state: RenewalFinding['state'],
  of: number,
  ports: StoppedPorts,
): Promise<boolean> {
  const finding = renewalFinding(renewal, since, state);
  return publishOnce(finding, ports, `${finding.id} ${state} ${of}`);
}
