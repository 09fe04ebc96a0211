// Owns the metrics of the live path: their names, whom they may name, and how a batch's data become few.
import type { Workload } from '../identity/workload.ts';

/** What is counted, each once for each distinct record. */
export const METRIC_NAMES = [
  'RecordsKept',
  /** Read, and nothing to whoever read them: of log files once for each file, of events once for each function. */
  'RecordsSkipped',
  'RecordsRejected',
  'Assumptions',
  /** The sum of `Assumptions` over everybody, which an alarm can read. */
  'SessionsIssued',
  /** The same by workload. */
  'WorkloadSessions',
  'AssumptionFailures',
  /** One for each role, workload and minute with a failure: an SDK's retries are no failures of their own. Alarms read it. */
  'AssumptionFailureMinutes',
  'DeniedCalls',
  'DeniedCallMinutes',
  'UnnamedDeniedCalls',
  /** The sum of `DeniedCalls` over everybody and of `UnnamedDeniedCalls`, which the share of the unnamed is of. */
  'AllDeniedCalls',
  /** Failed assumptions of whoever is no pod, as far as is known: another role, a person, a service. */
  'UnnamedAssumptionFailures',
  /** From the event to the queue, in milliseconds: AWS's own part of the way. */
  'DeliveryDelayMs',
  /** Failures that are not over, and workloads that fail for the first time in 20 days. */
  'OpenFindings',
  'NewFailingWorkloads',
  /** Data of events that are too old, or too far ahead, for CloudWatch to take. */
  'DataOutOfTime',
  /** How long ago a trail last delivered, as its count. */
  'TrailDeliveryAgeMinutes',
  /** Days that a roll-up has done, and what it read for them. */
  'RolledUpDays',
  'RolledUpRecords',
  'RolledUpRecordsRejected',
  'IssuersProbed',
  'IssuersUnfit',
  /** What they measure stands as their count. */
  'IssuerLatencyMs',
  'IssuerCertificateDaysLeft',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

export interface Datum {
  readonly name: MetricName;
  readonly dimensions: Readonly<Record<string, string>>;
  /** The minute of the event, not of its delivery: epoch milliseconds. */
  readonly minute: number;
  readonly count: number;
  /** Of a metric that measures: what its `count` values are together. Absent, each is 1. */
  readonly values?: { readonly sum: number; readonly least: number; readonly most: number };
}

/** Whom metrics name; all others share one series, so that nobody can invent any. */
export interface Named {
  /** `cluster/namespace` */
  readonly namespaces: ReadonlySet<string>;
  /** `cluster/namespace/service-account` */
  readonly workloads: ReadonlySet<string>;
}

const MINUTE_MS = 60_000;
const OTHER = 'other';

/** `at` in epoch milliseconds, of which the minute is kept. */
export function datum(
  name: MetricName,
  at: number,
  dimensions: Readonly<Record<string, string>> = {},
  count = 1,
): Datum {
  return { name, dimensions, minute: Math.floor(at / MINUTE_MS) * MINUTE_MS, count };
}

/** How late a record came, where that is known; a clock that is behind makes nothing negative. */
export function delayed(eventTime: number, sentAt: number | null): Datum[] {
  if (sentAt === null) return [];
  const delay = Math.max(0, sentAt - eventTime);
  return [{ ...datum('DeliveryDelayMs', eventTime), values: { sum: delay, least: delay, most: delay } }];
}

/** The workload's cluster and namespace where they are to be named, else `other`: sums over both stay right. */
export function namesOf(
  workload: Workload | null,
  { namespaces }: Named,
): { Cluster: string; Namespace: string } {
  const { cluster = null, namespace = OTHER } = workload ?? {};
  return cluster !== null && namespaces.has(`${cluster}/${namespace}`)
    ? { Cluster: cluster, Namespace: namespace }
    : { Cluster: OTHER, Namespace: OTHER };
}

/** The same of the workload itself. */
export function workloadNamesOf(
  workload: Workload | null,
  { workloads }: Named,
): { Cluster: string; Namespace: string; ServiceAccount: string } {
  const { cluster = null, namespace = OTHER, serviceAccount = OTHER } = workload ?? {};
  return cluster !== null && workloads.has(`${cluster}/${namespace}/${serviceAccount}`)
    ? { Cluster: cluster, Namespace: namespace, ServiceAccount: serviceAccount }
    : { Cluster: OTHER, Namespace: OTHER, ServiceAccount: OTHER };
}

/** What a roll-up did: never nothing, as today is always due. */
export function rollUpData(
  days: readonly { sums: { read: number; rejected: number } }[],
  at: number,
): Datum[] {
  const sum = (of: 'read' | 'rejected') => days.reduce((total, { sums }) => total + sums[of], 0);
  return [
    datum('RolledUpDays', at, {}, days.length),
    datum('RolledUpRecords', at, {}, sum('read')),
    datum('RolledUpRecordsRejected', at, {}, sum('rejected')),
  ];
}

/** One datum for each series and minute, in a fixed order. */
export function summed(data: readonly Datum[]): Datum[] {
  // By minute within the series: numbers are found sooner than texts made of them, and most series are a name alone.
  const sums = new Map<string, Map<number, Datum>>();
  for (const one of data) {
    const series = seriesOf(one);
    let minutes = sums.get(series);
    if (minutes === undefined) {
      minutes = new Map();
      sums.set(series, minutes);
    }
    const before = minutes.get(one.minute);
    minutes.set(one.minute, before === undefined ? one : together(before, one));
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, minutes]) => [...minutes.values()].sort((a, b) => a.minute - b.minute));
}

function seriesOf({ name, dimensions }: Datum): string {
  let series: string = name;
  for (const dimension in dimensions) series += ` ${dimensions[dimension]}`;
  return series;
}

function together(a: Datum, b: Datum): Datum {
  const { name, dimensions, minute } = a;
  const count = a.count + b.count;
  if (a.values === undefined || b.values === undefined) return { name, dimensions, minute, count };
  const values = {
    sum: a.values.sum + b.values.sum,
    least: Math.min(a.values.least, b.values.least),
    most: Math.max(a.values.most, b.values.most),
  };
  return { name, dimensions, minute, count, values };
}
