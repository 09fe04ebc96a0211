// Owns what one record does on the live path: what is counted of it, and the failure that it shows.
import { attemptOfRecord } from '../diagnosis/from-record.ts';
import { attribute } from '../identity/attribute.ts';
import type { KnownClusters } from '../identity/cluster.ts';
import { type Issuance, workloadOf } from '../identity/issuance.ts';
import { workloadText } from '../identity/workload.ts';
import type { Ledger, Roles } from '../ports.ts';
import type { TrailRecord } from '../trail/record.ts';
import { type Failure, type FailureKind, failureOf } from './failure.ts';
import { causesOf, type KnownCauses } from './known-causes.ts';
import { type Datum, datum, delayed, type Named, namesOf, workloadNamesOf } from './metrics.ts';

/** A record that came to this function, with all messages that brought it. */
export interface Task {
  readonly id: string;
  readonly record: TrailRecord;
  /** It is nothing to this function, which only counts it. */
  readonly isSkipped: boolean;
  readonly issuance: Issuance | null;
  readonly sentAt: number | null;
  readonly receivedAt: number | null;
  readonly messageIds: string[];
  isLastTry: boolean;
}

/** What one record does. */
export interface Effect {
  readonly task: Task;
  readonly data: readonly Datum[];
  readonly failure: Failure | null;
  /** What is counted once for several records, by a marker of it. */
  readonly once: readonly [string, Datum] | null;
}

/** A session that began: nobody else need be known for it. */
type Issued = Task & { readonly issuance: Issuance };

/** A skipped task is another function's to handle. */
export function isIssued(task: Task): task is Issued {
  return !task.isSkipped && task.issuance !== null && task.record.errorCode === null;
}

/** What a session that began counts as; it is no failure of anybody. */
export function effectOfIssued(task: Issued, named: Named): Effect {
  const { record, issuance, sentAt } = task;
  const at = record.eventTime;
  const workload = workloadOf(issuance);
  const kept = [datum('RecordsKept', at), ...delayed(at, sentAt)];
  if (issuance.mechanism === 'bucket-session') return { task, data: kept, failure: null, once: null };
  const by = { ...namesOf(workload, named), Mechanism: issuance.mechanism };
  const data = [
    ...kept,
    datum('Assumptions', at, by),
    datum('SessionsIssued', at),
    datum('WorkloadSessions', at, workloadNamesOf(workload, named)),
  ];
  return { task, data, failure: null, once: null };
}

/** Null where it is too early to say: an issuance may still come that names the caller, or another that fits as well. */
export async function effectOf(
  task: Task,
  { ledger, roles }: { ledger: Ledger; roles: Roles },
  { clusters, named }: { clusters: KnownClusters; named: Named },
  known: KnownCauses,
): Promise<Effect | null> {
  const { record, isSkipped, issuance, isLastTry, sentAt, receivedAt } = task;
  const at = record.eventTime;
  if (isSkipped) return { task, data: [datum('RecordsSkipped', at)], failure: null, once: null };
  const kept = [datum('RecordsKept', at), ...delayed(at, sentAt)];
  const rungs = new Set<string>();
  const attribution = await attribute(record, ledger, clusters, (rung) => rungs.add(rung));
  const { workload, confidence } = attribution;
  // Later issuances change only what is not exact, or was found by a session's start anywhere on the way.
  const isOpen = confidence !== 'exact' || rungs.has('session-start');
  if (!isLastTry && isOpen && !(confidence === 'unknown' && isOfInstance(record))) return null;
  const kind: FailureKind = isAssumption(record) ? 'assumption-failed' : 'call-denied';
  const all = kind === 'call-denied' ? [...kept, datum('AllDeniedCalls', at)] : kept;
  // Of a person, a service or a role that pods do not use it is nothing to tell; which it is, is not known here.
  if (confidence === 'unknown' && !isOfPods(record, issuance)) {
    const unnamed = kind === 'call-denied' ? 'UnnamedDeniedCalls' : 'UnnamedAssumptionFailures';
    return { task, data: [...all, datum(unnamed, at)], failure: null, once: null };
  }
  // EKS is not told the role that it is asked for a pod's credentials of, only the association is.
  const roleArn = kind === 'call-denied' ? record.principal.sessionIssuerArn : (issuance?.roleArn ?? null);
  const attempt = attemptOfRecord(record, issuance, { workload, roleArn });
  const isAskedOfIam = kind === 'assumption-failed' && (receivedAt ?? at) - at <= IAM_TELLS_MS;
  const causes = await causesOf(attempt, isAskedOfIam ? roles : null, known);
  const failure = failureOf(kind, record, attribution, roleArn, causes);
  const counted =
    kind === 'call-denied'
      ? datum('DeniedCalls', at, namesOf(workload, named))
      : datum('AssumptionFailures', at, {
          Cause: causes.cause?.id ?? UNEXPLAINED,
          ...namesOf(workload, named),
        });
  const minute = datum(kind === 'call-denied' ? 'DeniedCallMinutes' : 'AssumptionFailureMinutes', at);
  const mark = [minute.name, minute.minute, roleArn, workload && workloadText(workload)].join(' ');
  return { task, data: [...all, counted], failure, once: [mark, minute] };
}

const UNEXPLAINED = 'unexplained';
/** IAM says how roles are now: of what failed longer ago it proves nothing. Log files come within a quarter of an hour. */
const IAM_TELLS_MS = 3_600_000;

/**
 * Whether EC2 itself gave the session to an instance, so that no issuance of a pod began it. Nodes ask EKS for their pods'
 * credentials with such a one.
 */
function isOfInstance({ principal }: TrailRecord): boolean {
  return principal.ec2RoleDelivery !== null;
}

/** Whether the attempt itself is one that only pods make, whoever the pod is. */
function isOfPods({ eventName }: TrailRecord, issuance: Issuance | null): boolean {
  return (
    eventName === POD_IDENTITY_AUTH ||
    issuance?.mechanism === 'irsa' ||
    issuance?.mechanism === 'pod-identity'
  );
}

/** What the Pod Identity agent asks of EKS: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html */
const POD_IDENTITY_AUTH = 'AssumeRoleForPodIdentity';

/** Whether the record is an attempt to get credentials: of a role, or by the Pod Identity agent. */
export function isAssumption(record: TrailRecord): boolean {
  return record.assumption !== null || record.eventName === POD_IDENTITY_AUTH;
}
