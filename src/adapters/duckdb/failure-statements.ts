// What only the reader of failures asks of a store, beside the questions of the catalogue.
import { rangeBinds } from '../../catalogue/query-file.ts';
import type { AskedOfStore } from './ask.ts';

/** A statement of this reader alone. */
function statement(uses: readonly string[], columns: readonly string[], sql: string): AskedOfStore {
  return {
    id: 'failure-statements',
    name: 'failure-statements',
    uses,
    binds: [],
    // Issuances are read whatever the range: the last session may lie before it.
    params: uses.includes('records') || uses.includes('calls') ? rangeBinds.map((name) => ({ name })) : [],
    columns: columns.map((name) => ({ name, type: /_time$/.test(name) ? 'time' : 'text' })),
    sql,
  };
}

const WORKLOAD = [
  'workload_cluster_id',
  'workload_cluster',
  'workload_namespace',
  'workload_service_account',
];

/** What EKS refused the Pod Identity agent, by cluster. */
export const AGENT_REFUSALS = statement(
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
export const LAST_SESSIONS = statement(
  ['issuances', 'claims'],
  [...WORKLOAD, 'role_arn', 'last_time'],
  `select c.cluster_id as workload_cluster_id, c.cluster as workload_cluster, c.namespace as workload_namespace,
  c.service_account as workload_service_account, i.role_arn, max(i.event_time) as last_time
from issuances as i
join claims as c on c.claim_key = i.claim_key
where i.is_session and c.namespace is not null
group by c.cluster_id, c.cluster, c.namespace, c.service_account, i.role_arn
order by last_time desc`,
);

/** Of actions that were denied to anybody, the last time that each workload got an answer. */
export const ANSWERED = statement(
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
export const CHANGES = statement(
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
