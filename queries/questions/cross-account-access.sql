-- id: questions/cross-account-access
-- question: Which workloads called into another account than their first role's?
-- grain: one row per workload, role, account, service, action and confidence
-- uses: counted_calls
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: account account optional | Only this account, by its twelve digits.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: namespace, namespace, account, account
-- column: workload_namespace text | The Kubernetes namespace; empty where it could not be named.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: confidence text | exact, inferred or ambiguous; only exact is proof.
-- column: home_account_id text | The account of the workload's first role.
-- column: account_id text | The other account.
-- column: event_source text | The service that was called.
-- column: event_name text | The action.
-- column: role_arn text | The role that called, the last of the chain.
-- column: calls integer | Calls that touched the account; one that two accounts logged counts once.
-- column: denied integer | Those that were refused.
-- column: seen_in text | How the account is known: trail (its own trail has the call), arn (a resource of the call is in it).
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- column: candidates text | Where the answer is ambiguous: the workloads it may have been.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: A workload reaches another account through a role there (role_arn is in that account), or through a resource's own policy (role_arn is in the home account).
-- read: A call that touches two other accounts has a row for each.
-- limit: An S3 bucket's ARN names no account: a bucket of another account shows only where that account's trail is among the records.
-- limit: The cluster may be in another account than the first role; home is the role's account.
-- limit: Sessions whose first role is not known are not here: ask unattributed for them.
-- ref: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-shared-event-id.html
-- example: --since 24h
with called as (
  select
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    c.confidence as confidence,
    c.candidates as candidates,
    split_part(element_at(c.hops, 1), ':', 5) as home_account_id,
    -- EKS takes a second role under the first one, which is the one that calls then.
    coalesce(case when c.evidence = 'session-tags' then c.session_issuer_arn end, element_at(c.hops, -1)) as role_arn,
    c.event_source as event_source,
    c.event_name as event_name,
    c.first_time as first_time,
    c.last_time as last_time,
    c.calls as calls,
    c.is_denied as is_denied,
    c.shared_event_id as shared_event_id,
    c.recipient_account_id as recipient_account_id,
    split(coalesce(c.resources, ''), chr(30)) as resources
  from counted_calls as c
  where c.principal_class = 'workload'
    and (cast(? as varchar) is null or c.workload_namespace = ?)
),
-- Few are left, which is why they are told here already: engines may keep a step that is read twice.
made as (
  select c.*
  from called as c
  where c.recipient_account_id <> c.home_account_id
    or cardinality(filter(c.resources, x -> split_part(x, ':', 5) not in ('', c.home_account_id))) > 0
),
seen as (
  select
    m.*,
    m.recipient_account_id as account_id,
    'trail' as seen_in
  from made as m
  union all
  select
    m.*,
    regexp_extract(u.resource, '^arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):', 1) as account_id,
    'arn' as seen_in
  from made as m
  cross join unnest(m.resources) as u(resource)
  -- Once for each account, however many of the resources are in it.
  where u.resource = element_at(filter(m.resources, x -> split_part(x, ':', 5) = split_part(u.resource, ':', 5)), 1)
),
touched as (
  select
    s.*,
    case when s.shared_event_id is null and (s.seen_in = 'trail' or s.account_id <> s.recipient_account_id) then s.calls end as own_calls
  from seen as s
  where s.account_id <> s.home_account_id
    and (cast(? as varchar) is null or s.account_id = ?)
)
select
  t.workload_namespace as workload_namespace,
  t.workload_service_account as workload_service_account,
  t.workload_cluster as workload_cluster,
  t.confidence as confidence,
  t.home_account_id as home_account_id,
  t.account_id as account_id,
  t.event_source as event_source,
  t.event_name as event_name,
  t.role_arn as role_arn,
  coalesce(cast(sum(t.own_calls) as bigint), 0) + count(distinct t.shared_event_id) as calls,
  coalesce(cast(sum(case when t.is_denied then t.own_calls end) as bigint), 0)
    + count(distinct case when t.is_denied then t.shared_event_id end) as denied,
  array_join(array_agg(distinct t.seen_in order by t.seen_in), ', ') as seen_in,
  min(t.first_time) as first_time,
  max(t.last_time) as last_time,
  t.candidates as candidates,
  t.workload_cluster_id as workload_cluster_id
from touched as t
group by
  t.workload_namespace,
  t.workload_service_account,
  t.workload_cluster,
  t.workload_cluster_id,
  t.confidence,
  t.candidates,
  t.home_account_id,
  t.account_id,
  t.event_source,
  t.event_name,
  t.role_arn
order by
  t.workload_namespace,
  t.workload_service_account,
  t.workload_cluster_id,
  t.account_id,
  coalesce(cast(sum(t.own_calls) as bigint), 0) + count(distinct t.shared_event_id) desc,
  t.event_source,
  t.event_name,
  t.role_arn,
  t.confidence,
  t.home_account_id,
  t.candidates
