-- id: questions/mechanism-inventory
-- question: How does each workload get its credentials, and which roles do nodes use?
-- grain: one row per workload or node role, first role, mechanism and confidence
-- uses: calls, sessions
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: namespace, namespace
-- column: mechanism text | irsa, pod-identity or node (an instance's own role); empty where the evidence does not say.
-- column: workload_namespace text | The Kubernetes namespace; empty for nodes, and where it could not be named.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: role_arn text | The first role, which the mechanism gave; where that is not known, the session's role.
-- column: confidence text | exact, inferred, ambiguous or unknown; only exact is proof.
-- column: sessions integer | Sessions whose issuance is in the records.
-- column: calls integer | Records of calls, issuances among them.
-- column: first_time time | When it was first seen.
-- column: last_time time | When it was last seen.
-- column: candidates text | Where the answer is ambiguous: the workloads it may have been.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: A workload with rows of both mechanisms is being moved from one to the other; the last_time of the old one is when it was last used.
-- read: Rows of nodes are the instance's own role. A pod without a role of its own also calls as the node if it reaches the instance's metadata.
-- limit: Workloads that failed to get credentials are not here: ask failed-assumptions.
-- limit: Nothing in CloudTrail names the pod behind a node's call. A session counts as a node's if its name is an instance's id.
-- ref: https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
-- example: --since 24h
with used as (
  select
    case
      when c.principal_class = 'node' then 'node'
      when c.workload_mechanism is not null then c.workload_mechanism
      when s.mechanism in ('irsa', 'pod-identity') then s.mechanism
    end as mechanism,
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    coalesce(element_at(c.hops, 1), c.session_issuer_arn, c.assumed_role_arn) as role_arn,
    c.confidence as confidence,
    c.candidates as candidates,
    s.session_key as session_key,
    c.event_time as event_time
  from calls as c
  left join sessions as s on s.session_key = coalesce(c.session_key, c.record_key)
  where c.principal_class in ('workload', 'node')
    -- A refused assumption names a role that the workload never had.
    and (c.assumed_role_arn is null or c.error_code is null)
    and (cast(? as varchar) is null or c.workload_namespace = ?)
)
select
  u.mechanism as mechanism,
  u.workload_namespace as workload_namespace,
  u.workload_service_account as workload_service_account,
  u.workload_cluster as workload_cluster,
  u.role_arn as role_arn,
  u.confidence as confidence,
  count(distinct u.session_key) as sessions,
  count(*) as calls,
  min(u.event_time) as first_time,
  max(u.event_time) as last_time,
  u.candidates as candidates,
  u.workload_cluster_id as workload_cluster_id
from used as u
group by
  u.mechanism,
  u.workload_namespace,
  u.workload_service_account,
  u.workload_cluster,
  u.workload_cluster_id,
  u.role_arn,
  u.confidence,
  u.candidates
order by
  u.workload_namespace,
  u.workload_service_account,
  u.workload_cluster_id,
  u.workload_cluster,
  u.role_arn,
  u.mechanism,
  u.confidence,
  u.candidates
