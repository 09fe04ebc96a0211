// What the metrics of the live path must come to, by a simulated trail's truth and the raw records alone: written apart from src/live.
import type { EventTruth } from '../../src/simulator/simulate-trail.ts';

type Json = Record<string, unknown>;

/** Sums over all minutes; the services' own rules of who is brought what are not looked at. */
export interface MetricsTruth {
  /** Records that stand in the files, each as often as it does. */
  read: number;
  /** What of them is an attempt to get credentials, a key for a directory bucket or a denied call of a role's session, each once. */
  kept: number;
  /** Sessions that began, and of those the ones whose own record names the workload, by `cluster/namespace/service-account`. */
  sessions: number;
  sessionsOf: ReadonlyMap<string, number>;
  /** Keys that were handed out for directory buckets. */
  bucketKeys: number;
  /** Denied calls of role sessions that are no assumptions, and denied assumptions by such. */
  deniedCalls: number;
  deniedAssumptions: number;
}

const DENIALS =
  /AccessDenied|AuthorizationError|Forbidden|NotAuthorized$|Unauthorized(Operation|Access|Exception)?$/;

export function metricsTruth(records: readonly Json[], truths: readonly EventTruth[]): MetricsTruth {
  const says = new Map(truths.map((truth) => [truth.event_id, truth]));
  const distinct = new Map(
    records.map((one) => [[one.eventID, one.recipientAccountId, one.awsRegion].join(' '), one]),
  );
  const sessionsOf = new Map<string, number>();
  const sums = { kept: 0, sessions: 0, bucketKeys: 0, deniedCalls: 0, deniedAssumptions: 0 };
  for (const { eventID, eventName, eventSource, errorCode, userIdentity } of distinct.values()) {
    const isAsked = eventName === 'AssumeRoleForPodIdentity';
    const isAttempt =
      isAsked || (eventSource === 'sts.amazonaws.com' && String(eventName).startsWith('AssumeRole'));
    const isDenied =
      (userIdentity as Json | undefined)?.type === 'AssumedRole' && DENIALS.test(String(errorCode));
    const isBucketKey = eventSource === 's3express.amazonaws.com' && eventName === 'CreateSession';
    if (isBucketKey && errorCode === undefined) {
      sums.kept += 1;
      sums.bucketKeys += 1;
    }
    if (isDenied) sums[isAttempt ? 'deniedAssumptions' : 'deniedCalls'] += 1;
    if (isAttempt ? !isAsked || errorCode !== undefined : isDenied) sums.kept += 1;
    if (!isAttempt || isAsked || errorCode !== undefined) continue;
    sums.sessions += 1;
    const truth = says.get(String(eventID));
    if (truth?.says === undefined || truth.says === null) continue;
    if (truth.evidence !== 'own-token' && truth.evidence !== 'session-tags') continue;
    const { cluster, namespace, service_account: serviceAccount } = truth.says;
    const name = `${cluster}/${namespace}/${serviceAccount}`;
    sessionsOf.set(name, (sessionsOf.get(name) ?? 0) + 1);
  }
  return { read: records.length, sessionsOf, ...sums };
}
