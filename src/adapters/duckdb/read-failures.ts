// Reads from a store what failed: each workload's attempts and denied calls, when it last succeeded, and what was changed meanwhile.
import type { Question } from '../../catalogue/query-file.ts';
import { accountOfRole, roleName } from '../../diagnosis/case.ts';
import { regionOf } from '../../diagnosis/command.ts';
import type { Attempt, Change, Facts, TrailFacts } from '../../diagnosis/facts.ts';
import { distinctWorkloads, type Workload, workloadText } from '../../identity/workload.ts';
import type { ReportRow } from '../../report/columns.ts';
import type { Values } from '../compose-over-tables.ts';
import { readQuestion } from '../query-files.ts';
import { askStore } from './ask.ts';
import type { Store } from './store.ts';

/** Failing workloads that are diagnosed; those that fail least are counted only. */
const MOST = 500;

export interface FailuresRead {
  readonly failures: readonly Facts[];
  /** Failing workloads beyond those. */
  readonly left: number;
}

/** Whether a workload is asked about; of an agent's refusal neither is known. */
export type IsAsked = (namespace: string | undefined, serviceAccount: string | undefined) => boolean;

/** One for each workload, role and error; of the range that `values` has. */
export async function readFailures(
  store: Store,
  values: Values,
  isAsked: IsAsked = () => true,
): Promise<FailuresRead> {
  const span = await spanOf(store, values);
  const ask = (question: Question) =>
    askStore(store, question, { ...values, namespace: null, limit: NO_LIMIT });
  const attempts = await worst(ask(readQuestion('failed-assumptions')), isAsked);
  const refusals = await worst(ask(AGENT_REFUSALS), isAsked);
  const denied = await worst(besideAssumptions(ask(readQuestion('denied-calls'))), isAsked);
  const failing = new Set([...attempts.rows, ...denied.rows].map(workloadKey));
  const ofFailing = (row: ReportRow) => failing.has(workloadKey(row));
  const answered = denied.rows.length === 0 ? [] : await only(ask(ANSWERED), ofFailing);
  const sessions = await only(ask(LAST_SESSIONS), ofFailing);
  const deciding = new Set([attempts, refusals, denied].flatMap(({ rows }) => rows.flatMap(decidingOf)));
  const changes = (await only(ask(CHANGES), (row) => deciding.has(targetOf(row)))).map(changeOf);
  const nodeRoles = await refusedNodeRoles(ask(readQuestion('node-role-calls')));
  const context = {
    span,
    sessions,
    answered,
    changes,
    nodeRoles,
    all: [...attempts.rows, ...attempts.others],
  };
  return {
    failures: [
      ...attempts.rows.map((row) => ofAttempt(row, context)),
      ...refusals.rows.map((row) => ofRefusal(row, context)),
      ...denied.rows.map((row) => ofDenial(row, context)),
    ],
    left: attempts.left + refusals.left + denied.left,
  };
}

interface Context {
  readonly span: { from: number; until: number };
  readonly sessions: readonly ReportRow[];
  /** Of actions that were denied, the last time that each workload got an answer. */
  readonly answered: readonly ReportRow[];
  readonly changes: readonly Change[];
  readonly nodeRoles: ReadonlyMap<string, number>;
  readonly all: readonly ReportRow[];
}

/** The range that was read: what was asked for, and within it what the records cover. */
async function spanOf(store: Store, values: Values): Promise<Context['span']> {
  await store.prepareForQuestions();
  const [row] = await store.all(
    'select epoch_ms(min(event_time))::double as first, epoch_ms(max(event_time))::double as last from stored_records',
  );
  const end = (value: unknown, fallback: unknown) =>
    value instanceof Date ? value.getTime() : Number(fallback ?? 0);
  return {
    from: Math.max(end(values.since, row?.first), Number(row?.first ?? 0)),
    until: Math.min(end(values.until, row?.last), Number(row?.last ?? 0)),
  };
}

/** Of questions that take one: what is beyond is counted here, and not cut off by them. */
const NO_LIMIT = 2_147_483_647;

async function only(
  rows: AsyncIterable<ReportRow>,
  isWanted: (row: ReportRow) => boolean,
): Promise<ReportRow[]> {
  const kept: ReportRow[] = [];
  for await (const row of rows) if (isWanted(row)) kept.push(row);
  return kept;
}

interface Worst {
  /** Those that are asked about, and fail most. */
  readonly rows: ReportRow[];
  /** Some of those that are not asked about: they may fail alike. */
  readonly others: ReportRow[];
  readonly left: number;
}

/** The questions of failures give the most failures first. */
async function worst(rows: AsyncIterable<ReportRow>, isAsked: IsAsked): Promise<Worst> {
  const found: Worst & { left: number } = { rows: [], others: [], left: 0 };
  for await (const row of rows) {
    const list = isAsked(textOf(row.workload_namespace), textOf(row.workload_service_account))
      ? found.rows
      : found.others;
    if (list.length < MOST) list.push(row);
    else if (list === found.rows) found.left += 1;
  }
  return found;
}

/** Calls that each node's role was refused. */
async function refusedNodeRoles(rows: AsyncIterable<ReportRow>): Promise<Map<string, number>> {
  const calls = new Map<string, number>();
  for await (const { role_arn: role, error_code: error, calls: more } of rows)
    if (typeof role === 'string' && error !== null) calls.set(role, (calls.get(role) ?? 0) + Number(more));
  return calls;
}

function ofAttempt(row: ReportRow, context: Context): Facts {
  const provider = textOf(row.provider);
  const clusterId = textOf(row.workload_cluster_id);
  const attempt: Attempt = {
    ...attemptOf(row),
    ...mechanismOf(row.mechanism),
    ...optional('issuer', /:oidc-provider\/(.+)$/.exec(provider ?? '')?.[1]),
    ...optional(
      'region',
      regionOf(/:oidc-provider\/(.+)$/.exec(provider ?? '')?.[1]) ?? regionOfArn(clusterId),
    ),
    ...optional('audience', textOf(row.audience)),
    ...optional('action', actionOf(row)),
  };
  return { attempt, trail: trailOf(row, attempt, context) };
}

function attemptOf(row: ReportRow): Attempt {
  const clusterId = textOf(row.workload_cluster_id);
  const isArn = clusterId?.includes(':cluster/') === true;
  const last = row.last_time;
  return {
    ...optional('namespace', textOf(row.workload_namespace)),
    ...optional('serviceAccount', textOf(row.workload_service_account)),
    ...optional('roleArn', textOf(row.role_arn)),
    ...optional('clusterArn', isArn ? clusterId : undefined),
    ...optional('clusterName', isArn ? textOf(row.workload_cluster) : undefined),
    ...optional('errorCode', textOf(row.error_code)),
    ...optional('errorMessage', textOf(row.error_message)),
    ...(last instanceof Date ? { at: last.getTime() } : {}),
  };
}

/** What EKS refused the agent: the record names the node's role and no pod. */
function ofRefusal(row: ReportRow, context: Context): Facts {
  const attempt: Attempt = {
    ...attemptOf(row),
    mechanism: 'pod-identity',
    action: 'AssumeRoleForPodIdentity',
    ...optional('region', textOf(row.aws_region)),
    ...optional('accountId', textOf(row.recipient_account_id)),
  };
  return { attempt, trail: trailOf(row, attempt, context) };
}

function ofDenial(row: ReportRow, context: Context): Facts {
  const service = String(row.event_source ?? '').replace(/[.]amazonaws[.]com(\.cn)?$/, '');
  const attempt: Attempt = { ...attemptOf(row), action: `${service}:${String(row.event_name)}` };
  const trail = trailOf({ ...row, failures: row.calls }, attempt, context);
  const last = context.answered.find(
    (one) =>
      isWorkload(one, row) && one.event_source === row.event_source && one.event_name === row.event_name,
  );
  return { attempt, trail: { ...trail, lastSuccess: timeOf(last?.last_time) ?? null } };
}

/** Denied assumptions by token are attempts, and read as such. */
async function* besideAssumptions(rows: AsyncIterable<ReportRow>): AsyncGenerator<ReportRow> {
  for await (const row of rows)
    if (row.event_source !== 'sts.amazonaws.com' || !/^AssumeRoleWith/.test(String(row.event_name)))
      yield row;
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
  { span, sessions, changes, nodeRoles, all: rows }: Context,
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
function nodeRoleOf(nodeRoles: Context['nodeRoles'], roleArn: string | undefined): TrailFacts['nodeRole'] {
  const found = [...nodeRoles].find(([node]) => isSameAccount(node, roleArn));
  return found === undefined ? null : { roleArn: found[0], calls: found[1] };
}

/** What decides about an attempt: its role, its provider, its cluster. */
function decidingOf(row: ReportRow): string[] {
  return [row.role_arn, row.provider, row.workload_cluster_id].flatMap((one) =>
    typeof one === 'string' ? [withoutPath(one)] : [],
  );
}

const targetOf = ({ target }: ReportRow) => withoutPath(String(target));

/** A role that is changed is named without its path; its name is its account's only one. */
function withoutPath(arn: string): string {
  const name = roleName(arn);
  return name === undefined ? arn : `${accountOfRole(arn)}/${name}`;
}

function isWorkload(a: ReportRow, b: ReportRow): boolean {
  return workloadKey(a) === workloadKey(b);
}

const workloadKey = (row: ReportRow) => workloadText(workloadOf(row));

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

function changeOf(row: ReportRow): Change {
  return {
    at: timeOf(row.event_time) ?? 0,
    eventName: String(row.event_name),
    by: textOf(row.changed_by) ?? 'somebody unnamed',
    target: textOf(row.target) ?? '',
  };
}

function optional<Name extends string>(name: Name, value: string | undefined): { [key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: string });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function timeOf(value: unknown): number | undefined {
  return value instanceof Date ? value.getTime() : undefined;
}

function regionOfArn(arn: string | undefined): string | undefined {
  return arn?.split(':')[3] || undefined;
}

/** A statement of this reader alone. */
function statement(uses: readonly string[], columns: readonly string[], sql: string): Question {
  return {
    kind: 'question',
    path: 'read-failures.ts',
    id: 'read-failures',
    name: 'read-failures',
    question: '',
    grain: '',
    uses,
    binds: [],
    // Issuances are read whatever the range: the last session may lie before it.
    params: uses.includes('records') || uses.includes('calls') ? RANGE : [],
    columns: columns.map((name) => ({ name, type: /_time$/.test(name) ? 'time' : 'text', description: '' })),
    engines: ['duckdb'],
    reading: [],
    limits: [],
    refs: [],
    examples: [],
    sql,
    sqlLine: 1,
  };
}

const RANGE = ['since', 'until'].map((name) => ({
  name,
  type: 'time' as const,
  need: 'optional' as const,
  defaultText: null,
  description: '',
}));

const WORKLOAD = [
  'workload_cluster_id',
  'workload_cluster',
  'workload_namespace',
  'workload_service_account',
];

/** What EKS refused the Pod Identity agent, by cluster. */
const AGENT_REFUSALS = statement(
  ['records'],
  [
    'recipient_account_id',
    'aws_region',
    'workload_cluster_id',
    'workload_cluster',
    'error_code',
    'error_message',
    'failures',
    'minutes',
    'first_time',
    'last_time',
  ],
  `select
  r.recipient_account_id, r.aws_region, r.resources as workload_cluster_id,
  regexp_extract(r.resources, ':cluster/(.+)$', 1) as workload_cluster, r.error_code, r.error_message,
  count(*) as failures, count(distinct date_trunc('minute', r.event_time)) as minutes,
  min(r.event_time) as first_time, max(r.event_time) as last_time
from records as r
where r.event_source = 'eks-auth.amazonaws.com' and r.event_name = 'AssumeRoleForPodIdentity' and r.error_code is not null
group by r.recipient_account_id, r.aws_region, r.resources, r.error_code, r.error_message
order by failures desc, r.resources, r.error_code, r.error_message`,
);

/** The last session of each workload and role. */
const LAST_SESSIONS = statement(
  ['issuances', 'claims'],
  [
    'workload_cluster_id',
    'workload_cluster',
    'workload_namespace',
    'workload_service_account',
    'role_arn',
    'last_time',
  ],
  `select c.cluster_id as workload_cluster_id, c.cluster as workload_cluster, c.namespace as workload_namespace,
  c.service_account as workload_service_account, i.role_arn, max(i.event_time) as last_time
from issuances as i
join claims as c on c.claim_key = i.claim_key
where i.is_session and c.namespace is not null
group by c.cluster_id, c.cluster, c.namespace, c.service_account, i.role_arn
order by last_time desc`,
);

const ANSWERED = statement(
  ['calls'],
  [...WORKLOAD, 'event_source', 'event_name', 'last_time'],
  `select c.workload_cluster_id, c.workload_cluster, c.workload_namespace, c.workload_service_account, c.event_source, c.event_name,
  max(c.event_time) as last_time
from calls as c
where c.principal_class = 'workload' and c.error_code is null and exists (
  select 1 from calls as d where d.is_denied and d.event_source = c.event_source and d.event_name = c.event_name
)
group by all
order by last_time desc`,
);

const CHANGING = [
  ...[
    'UpdateAssumeRolePolicy',
    'DeleteRole',
    'CreateRole',
    'AttachRolePolicy',
    'DetachRolePolicy',
    'PutRolePolicy',
  ],
  ...['DeleteRolePolicy', 'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary', 'UpdateRole'],
  ...['CreateOpenIDConnectProvider', 'DeleteOpenIDConnectProvider', 'UpdateOpenIDConnectProviderThumbprint'],
  ...['AddClientIDToOpenIDConnectProvider', 'RemoveClientIDFromOpenIDConnectProvider'],
  ...[
    'CreatePodIdentityAssociation',
    'UpdatePodIdentityAssociation',
    'DeletePodIdentityAssociation',
    'DeleteAddon',
  ],
];

/** Changes that were made (not those that were refused) of what decides about assumptions, the latest first. */
const CHANGES = statement(
  ['records', 'principals'],
  ['event_time', 'event_name', 'target', 'changed_by'],
  `select r.event_time, r.event_name, split_part(r.resources, chr(30), 1) as target,
  coalesce(p.arn, p.principal_id, p.invoked_by) as changed_by
from records as r
join principals as p on p.principal_key = r.principal_key
where r.event_source in ('iam.amazonaws.com', 'eks.amazonaws.com') and r.error_code is null and r.resources is not null
  and r.event_name in (${CHANGING.map((name) => `'${name}'`).join(', ')})
order by r.event_time desc, r.event_name, target`,
);
