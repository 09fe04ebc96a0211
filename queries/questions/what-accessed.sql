-- id: questions/what-accessed
-- question: Which resources and actions did this workload use?
-- grain: one row per workload, service, action and resource
-- uses: call_attributions
-- param: namespace text required | The Kubernetes namespace of the workload.
-- param: service_account text required | Its ServiceAccount.
-- param: cluster cluster optional | The cluster: its name, ARN, issuer or OIDC provider; all clusters without it.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 1000 | Rows at most, the most used first.
-- bind: namespace, service_account, cluster, cluster, cluster, limit
-- column: event_source text | The service that was called.
-- column: event_name text | The action.
-- column: resource text | The resource; empty where the record names none.
-- column: confidence text | exact or inferred; only exact is proof.
-- column: calls integer | Calls; one that two accounts logged counts once.
-- column: denied integer | Those that were refused.
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: Each row is one action on one resource; a call that touched two resources counts on both.
-- limit: Ambiguous calls, which may have been this workload's, are not here: ask unattributed for them.
-- example: --namespace payments --service-account api --since 7d
with own as (
  select
    c.event_source as event_source,
    c.event_name as event_name,
    c.event_time as event_time,
    c.is_denied as is_denied,
    c.shared_event_id as shared_event_id,
    c.confidence as confidence,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    split(coalesce(c.resources, ''), chr(30)) as resources
  from call_attributions as c
  where c.workload_namespace = ?
    and c.workload_service_account = ?
    and (cast(? as varchar) is null or c.workload_cluster = ? or c.workload_cluster_id = ?)
)
select
  o.event_source as event_source,
  o.event_name as event_name,
  nullif(u.resource, '') as resource,
  o.confidence as confidence,
  count_if(o.shared_event_id is null) + count(distinct o.shared_event_id) as calls,
  count_if(o.is_denied and o.shared_event_id is null) + count(distinct case when o.is_denied then o.shared_event_id end) as denied,
  min(o.event_time) as first_time,
  max(o.event_time) as last_time,
  o.workload_cluster as workload_cluster,
  o.workload_cluster_id as workload_cluster_id
from own as o
cross join unnest(o.resources) as u(resource)
group by
  o.event_source,
  o.event_name,
  u.resource,
  o.confidence,
  o.workload_cluster,
  o.workload_cluster_id
order by
  count_if(o.shared_event_id is null) + count(distinct o.shared_event_id) desc,
  o.event_source,
  o.event_name,
  u.resource,
  o.confidence,
  o.workload_cluster_id
limit ?
