-- id: questions/mechanism-inventory
-- question: How does each workload get its credentials, and which roles do nodes use?
-- grain: one row per workload or node role, first role, mechanism and confidence
-- uses: counted_calls
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
-- column: sessions integer | Sessions that the mechanism began, without what was assumed from them; empty for nodes.
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
    case when c.principal_class = 'node' then 'node' else c.session_mechanism end as mechanism,
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    coalesce(element_at(c.hops, 1), c.session_issuer_arn, c.assumed_role_arn) as role_arn,
    c.confidence as confidence,
    c.candidates as candidates,
    case
      when c.principal_class = 'node' then null
      when c.event_name = 'AssumeRoleWithWebIdentity' then c.calls
      -- EKS may take a second role, from the session of the first.
      when c.event_name = 'AssumeRole' and c.invoked_by = 'pods.eks.amazonaws.com' and c.session_issuer_arn is null then c.calls
      else 0
    end as sessions,
    c.calls as calls,
    c.first_time as first_time,
    c.last_time as last_time
  from counted_calls as c
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
  cast(sum(u.sessions) as bigint) as sessions,
  cast(sum(u.calls) as bigint) as calls,
  min(u.first_time) as first_time,
  max(u.last_time) as last_time,
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
