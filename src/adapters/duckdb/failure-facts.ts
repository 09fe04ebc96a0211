// Turns the rows that tell of a failure into the facts that a diagnosis goes by.
import { compact } from '../../compact.ts';
import { accountOfRole, roleName } from '../../diagnosis/case.ts';
import { regionOf } from '../../diagnosis/command.ts';
import type { Attempt, Change, Facts, TrailFacts } from '../../diagnosis/facts.ts';
import { distinctWorkloads, type Workload, workloadText } from '../../identity/workload.ts';
import type { ReportRow } from '../../report/columns.ts';
import { isDenied } from '../../trail/denial.ts';

/** What was read beside the failures themselves. */
export interface FailureContext {
  readonly span: { from: number; until: number };
  readonly sessions: readonly ReportRow[];
  /** Of actions that were denied, the last time that each workload got an answer. */
  readonly answered: readonly ReportRow[];
  readonly changes: readonly Change[];
  readonly nodeRoles: ReadonlyMap<string, number>;
  readonly all: readonly ReportRow[];
}

/** The facts of a row of failed-assumptions. */
export function ofAttempt(row: ReportRow, context: FailureContext): Facts {
  const provider = textOf(row.provider);
  const clusterId = textOf(row.workload_cluster_id);
  const attempt: Attempt = {
    // The role of a denied further role is the one that was asked for; a diagnosis goes by the one that asks, which is not told.
    ...attemptOf(isDeniedRole(row) ? { ...row, role_arn: null } : row),
    ...mechanismOf(row.mechanism),
    ...compact({
      issuer: /:oidc-provider\/(.+)$/.exec(provider ?? '')?.[1],
      region: regionOf(/:oidc-provider\/(.+)$/.exec(provider ?? '')?.[1]) ?? regionOfArn(clusterId),
      audience: textOf(row.audience),
      action: actionOf(row),
    }),
  };
  return { attempt, trail: trailOf(row, attempt, context) };
}

/** Whether the row of failed-assumptions is a session that was denied a further role. */
export function isDeniedRole({ mechanism, error_code: code }: ReportRow): boolean {
  return mechanism === 'assumed' && isDenied(textOf(code) ?? null);
}

function attemptOf(row: ReportRow): Attempt {
  const clusterId = textOf(row.workload_cluster_id);
  const isArn = clusterId?.includes(':cluster/') === true;
  const last = row.last_time;
  return {
    ...compact({
      namespace: textOf(row.workload_namespace),
      serviceAccount: textOf(row.workload_service_account),
      roleArn: textOf(row.role_arn),
      clusterArn: isArn ? clusterId : undefined,
      clusterName: isArn ? textOf(row.workload_cluster) : undefined,
      errorCode: textOf(row.error_code),
      errorMessage: textOf(row.error_message),
    }),
    ...(last instanceof Date ? { at: last.getTime() } : {}),
  };
}

/** What EKS refused the agent: the record names the node's role and no pod. */
export function ofRefusal(row: ReportRow, context: FailureContext): Facts {
  const attempt: Attempt = {
    ...attemptOf(row),
    mechanism: 'pod-identity',
    action: 'AssumeRoleForPodIdentity',
    ...compact({ region: textOf(row.aws_region), accountId: textOf(row.recipient_account_id) }),
  };
  return { attempt, trail: trailOf(row, attempt, context) };
}

/** The facts of a row of denied-calls; its last success is the last time that the workload got an answer to this action. */
export function ofDenial(row: ReportRow, context: FailureContext): Facts {
  const service = String(row.event_source ?? '').replace(/[.]amazonaws[.]com(\.cn)?$/, '');
  const attempt: Attempt = { ...attemptOf(row), action: `${service}:${String(row.event_name)}` };
  const trail = trailOf({ ...row, failures: row.calls }, attempt, context);
  const last = context.answered.find(
    (one) =>
      isWorkload(one, row) && one.event_source === row.event_source && one.event_name === row.event_name,
  );
  return { attempt, trail: { ...trail, lastSuccess: timeOf(last?.last_time) ?? null } };
}

function actionOf(row: ReportRow): string | undefined {
  if (row.mechanism === 'irsa' || row.mechanism === 'web-identity') return 'AssumeRoleWithWebIdentity';
  return row.mechanism === null ? undefined : 'AssumeRole';
}

function mechanismOf(mechanism: unknown): Pick<Attempt, 'mechanism'> {
  if (mechanism === 'irsa' || mechanism === 'web-identity') return { mechanism: 'irsa' };
  return mechanism === 'pod-identity' ? { mechanism } : {};
}

function trailOf(
  row: ReportRow,
  attempt: Attempt,
  { span, sessions, changes, nodeRoles, all: rows }: FailureContext,
): TrailFacts {
  const [since, last] = [timeOf(row.first_time) ?? span.from, timeOf(row.last_time) ?? span.until];
  const own = sessions.filter(
    (one) => isWorkload(one, row) && (attempt.roleArn === undefined || one.role_arn === attempt.roleArn),
  );
  const successes = own.map((one) => timeOf(one.last_time) ?? 0);
  const sameFault = rows.filter(
    (one) =>
      one !== row &&
      one.role_arn === row.role_arn &&
      one.error_code === row.error_code &&
      !isWorkload(one, row),
  );
  const deciding = decidingOf(row);
  const failures = Number(row.failures ?? 0);
  return {
    ...span,
    failures,
    since,
    last,
    lastSuccess: successes.length === 0 ? null : Math.max(...successes),
    perMinute: Math.ceil(failures / Math.max(1, Number(row.minutes ?? failures))),
    alsoFailing: distinctWorkloads(sameFault.map(workloadOf)).filter(({ namespace }) => namespace !== ''),
    changes: changes.filter(({ target }) => deciding.includes(withoutPath(target))),
    nodeRole: nodeRoleOf(nodeRoles, attempt.roleArn),
  };
}

/** The first of the role's own account. */
function nodeRoleOf(
  nodeRoles: FailureContext['nodeRoles'],
  roleArn: string | undefined,
): TrailFacts['nodeRole'] {
  const found = [...nodeRoles].find(([node]) => isSameAccount(node, roleArn));
  return found === undefined ? null : { roleArn: found[0], calls: found[1] };
}

/** What decides about an attempt: its role, its provider, its cluster. */
export function decidingOf(row: ReportRow): string[] {
  return [row.role_arn, row.provider, row.workload_cluster_id].flatMap((one) =>
    typeof one === 'string' ? [withoutPath(one)] : [],
  );
}

export const targetOf = ({ target }: ReportRow) => withoutPath(String(target));

/** A role that is changed is named without its path; its name is its account's only one. */
function withoutPath(arn: string): string {
  const name = roleName(arn);
  return name === undefined ? arn : `${accountOfRole(arn)}/${name}`;
}

function isWorkload(a: ReportRow, b: ReportRow): boolean {
  return workloadKey(a) === workloadKey(b);
}

export const workloadKey = (row: ReportRow) => workloadText(workloadOf(row));

function workloadOf(row: ReportRow): Workload {
  return {
    clusterId: textOf(row.workload_cluster_id) ?? null,
    cluster: textOf(row.workload_cluster) ?? null,
    namespace: textOf(row.workload_namespace) ?? '',
    serviceAccount: textOf(row.workload_service_account) ?? '',
  };
}

function isSameAccount(a: unknown, b: string | undefined): boolean {
  return b !== undefined && String(a).split(':')[4] === b.split(':')[4];
}

/** A change of what decides about assumptions, of a row of CHANGES. */
export function changeOf(row: ReportRow): Change {
  return {
    at: timeOf(row.event_time) ?? 0,
    eventName: String(row.event_name),
    by: textOf(row.changed_by) ?? 'somebody unnamed',
    target: textOf(row.target) ?? '',
  };
}

/** Undefined for NULL, for the empty text and for what is no text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  return value instanceof Date ? value.getTime() : undefined;
}

function regionOfArn(arn: string | undefined): string | undefined {
  return arn?.split(':')[3] || undefined;
}
