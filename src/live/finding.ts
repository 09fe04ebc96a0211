// Owns what is told: findings of failures and of workloads that stopped, of the trail, of issuers, and notices of reports.
// docs/findings.md and docs/finding.schema.json say the same to those who receive them.
import type { Workload } from '../identity/workload.ts';
import { type Failure, type FailureKind, hashOf, type Seen } from './failure.ts';
import type { IssuerFinding } from './issuer-probe.ts';
import { type Renewal, renewalKey } from './renewal.ts';
import type { ReportNotice } from './report-notice.ts';
import type { TrailFinding } from './trail-check.ts';

export type Finding =
  | WorkloadFinding
  | SharedFinding
  | RenewalFinding
  | StoppedTogether
  | TrailFinding
  | IssuerFinding
  | ReportNotice;

/** What there is to say of records as they stood when it was told; times are ISO 8601, UTC. */
interface Sighted {
  readonly firstTime: string;
  readonly lastTime: string;
  readonly count: number;
  /** Whether `count` is all, or the least that it is. */
  readonly isCounted: boolean;
  /** The next command, to be given a store or log files. */
  readonly look: string;
}

/** Why a failure is over: by the workload's next success, or since none of it came for a while. `at` is event time. */
export interface Closing {
  readonly by: 'success' | 'quiet';
  readonly at: string;
}

export interface WorkloadFinding extends Failure, Sighted {
  readonly state: 'open' | 'closed';
  readonly closed: Closing | null;
  /** Of the earliest records. */
  readonly eventIds: readonly string[];
}

/** Many failures told as one: of one cause in a cluster, or of one workload's denied calls. */
export interface SharedFinding extends Sighted {
  readonly id: string;
  readonly kind: 'many-failing';
  /** What they have in common. */
  readonly by: 'cause' | 'workload';
  readonly of: FailureKind;
  /** Null where the workload is what they have in common, as `errorCode`. */
  readonly cause: Failure['cause'];
  readonly errorCode: string | null;
  readonly accountId: string | null;
  /** The cluster's ARN, else its OIDC provider's. */
  readonly cluster: string | null;
  readonly state: 'open' | 'closed';
  /** Whom they are of: workloads, and nodes where no workload is named. */
  readonly workloads: number;
  readonly failures: number;
  /** The first of the workloads, and of the actions, in a fixed order. */
  readonly examples: readonly Workload[];
  readonly actions: readonly string[];
}

/** A workload renewed its credentials, and does no more. What STS refuses for the token alone leaves no record but this. */
export interface RenewalFinding extends Omit<Sighted, 'count' | 'isCounted'> {
  readonly id: string;
  readonly kind: 'renewal-stopped';
  readonly state: 'open' | 'closed';
  readonly workload: Workload;
  readonly roleArn: string;
  /** When its last session ended. */
  readonly endedAt: string;
}

/** Many workloads of one cluster stopped renewing within the same quarter of an hour. */
export interface StoppedTogether {
  readonly id: string;
  readonly kind: 'many-stopped';
  /** The cluster's ARN, else its OIDC provider's. */
  readonly cluster: string;
  /** Pairs of a workload and a role. */
  readonly workloads: number;
  readonly examples: readonly Workload[];
  /** When the last of their sessions ended: the earliest and the latest. */
  readonly firstTime: string;
  readonly lastTime: string;
  readonly look: string;
}

/** Tells of one failure: open, or closed with what closed it. */
export function workloadFinding(failure: Failure, seen: Seen, closed: Closing | null): WorkloadFinding {
  return {
    ...failure,
    state: closed === null ? 'open' : 'closed',
    ...sighted(seen, failure.workload),
    closed,
    eventIds: seen.eventIds,
  };
}

/** Tells that a workload no longer takes a role; `since` is when it began to, in epoch milliseconds. */
export function renewalFinding(
  renewal: Renewal,
  since: number,
  state: RenewalFinding['state'],
): RenewalFinding {
  const { workload, roleArn, lastAt, endsAt } = renewal;
  return {
    id: hashOf(`renewal-stopped ${renewalKey(workload, roleArn)}`),
    kind: 'renewal-stopped',
    state,
    workload,
    roleArn,
    firstTime: timeOf(since),
    lastTime: timeOf(lastAt),
    endedAt: timeOf(endsAt ?? lastAt),
    look: look('ask stopped-renewing', { since, until: null, workload }),
  };
}

/** Tells of many that stopped at once as one. */
export function stoppedTogether(
  is: Pick<StoppedTogether, 'id' | 'cluster' | 'examples'>,
  those: readonly { renewal: Renewal; since: number }[],
): StoppedTogether {
  const ends = those.map(({ renewal }) => renewal.endsAt ?? renewal.lastAt);
  return {
    ...is,
    kind: 'many-stopped',
    workloads: those.length,
    firstTime: timeOf(Math.min(...ends)),
    lastTime: timeOf(Math.max(...ends)),
    look: look('ask stopped-renewing', {
      since: Math.min(...those.map(({ since }) => since)),
      until: null,
      workload: null,
    }),
  };
}

/** The part of a finding that its records tell together. */
export function sighted(
  { firstAt, lastAt, count, isCounted }: Omit<Seen, 'eventIds'>,
  workload: Workload | null,
): Sighted {
  return {
    firstTime: timeOf(firstAt),
    lastTime: timeOf(lastAt),
    count,
    isCounted,
    look: look('diagnose', { since: firstAt, until: lastAt + 1000, workload }),
  };
}

export const timeOf = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Names as Kubernetes has them; whatever else a record calls so has no place in a command. */
const PLAIN = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/;

function look(
  command: 'diagnose' | 'ask stopped-renewing',
  { since, until, workload }: { since: number; until: number | null; workload: Workload | null },
): string {
  const { namespace = '', serviceAccount = '' } = workload ?? {};
  return [
    `podtrail ${command} --since ${timeOf(since)}`,
    ...(until === null ? [] : [`--until ${timeOf(until)}`]),
    ...(PLAIN.test(namespace) ? [`--namespace ${namespace}`] : []),
    ...(command === 'diagnose' && PLAIN.test(serviceAccount) ? [`--service-account ${serviceAccount}`] : []),
  ].join(' ');
}
