-- id: questions/delegated-sessions
-- question: What did External Secrets or the secrets CSI driver do as workloads?
-- grain: one row per workload, delegate, role, action, resource and confidence
-- uses: calls, sessions
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 1000 | Rows at most, the most calls first.
-- bind: namespace, namespace, limit
-- column: workload_namespace text | The Kubernetes namespace; empty where it could not be named.
-- column: workload_service_account text | The ServiceAccount in whose name the delegate called.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: confidence text | exact, inferred, ambiguous or unknown; only exact is proof.
-- column: delegate text | External Secrets or Secrets Store CSI driver; empty where the session does not say.
-- column: role_arn text | The role that called.
-- column: event_source text | The service that was called.
-- column: event_name text | The action.
-- column: resource text | The resource; empty where the record names none.
-- column: calls integer | Calls; one that two accounts logged counts once.
-- column: denied integer | Those that were refused.
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- column: candidates text | Where the answer is ambiguous: the workloads it may have been.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: These calls carry the ServiceAccount's name, but its pods did not make them: a delegate fetched the secret, at its own pace and from its own pod.
-- limit: A delegate is recognized by External Secrets' session name, or by the driver's user agent at the issuance; operators and other clients can set either as they like.
-- limit: Calls that a delegate makes with credentials of its own are not here: they are the delegate's.
-- ref: https://external-secrets.io/latest/provider/aws-access/
-- ref: https://github.com/aws/secrets-store-csi-driver-provider-aws
-- example: --since 24h
with acted as (
  select
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    c.confidence as confidence,
    c.candidates as candidates,
    case
      when c.session_name = 'external-secrets-provider-aws' then 'External Secrets'
      when s.user_agent like '%secrets-store-csi-driver-provider-aws%' then 'Secrets Store CSI driver'
    end as delegate,
    coalesce(element_at(c.hops, -1), c.session_issuer_arn) as role_arn,
    c.event_source as event_source,
    c.event_name as event_name,
    c.event_time as event_time,
    c.is_denied as is_denied,
    c.shared_event_id as shared_event_id,
    split(coalesce(c.resources, ''), chr(30)) as resources
  from calls as c
  left join sessions as s on s.session_key = c.session_key
  where c.is_delegated
    and c.principal_class = 'workload'
    -- The issuance begins a session; it is no use of one.
    and c.event_name <> 'AssumeRoleWithWebIdentity'
    and coalesce(c.evidence, '') <> 'session-tags'
    and (cast(? as varchar) is null or c.workload_namespace = ?)
)
select
  a.workload_namespace as workload_namespace,
  a.workload_service_account as workload_service_account,
  a.workload_cluster as workload_cluster,
  a.confidence as confidence,
  a.delegate as delegate,
  a.role_arn as role_arn,
  a.event_source as event_source,
  a.event_name as event_name,
  nullif(u.resource, '') as resource,
  count_if(a.shared_event_id is null) + count(distinct a.shared_event_id) as calls,
  count_if(a.is_denied and a.shared_event_id is null) + count(distinct case when a.is_denied then a.shared_event_id end) as denied,
  min(a.event_time) as first_time,
  max(a.event_time) as last_time,
  a.candidates as candidates,
  a.workload_cluster_id as workload_cluster_id
from acted as a
cross join unnest(a.resources) as u(resource)
group by
  a.workload_namespace,
  a.workload_service_account,
  a.workload_cluster,
  a.workload_cluster_id,
  a.confidence,
  a.candidates,
  a.delegate,
  a.role_arn,
  a.event_source,
  a.event_name,
  u.resource
order by
  count_if(a.shared_event_id is null) + count(distinct a.shared_event_id) desc,
  a.workload_namespace,
  a.workload_service_account,
  a.workload_cluster_id,
  a.delegate,
  a.role_arn,
  a.event_source,
  a.event_name,
  u.resource,
  a.confidence,
  a.candidates
limit ?
