-- id: questions/role-subjects
-- question: Which roles do several workloads use, and which workloads have several roles?
-- grain: one row per role and workload, where the role has several workloads or the workload several roles
-- uses: sessions
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: since, until
-- column: role_arn text | The role.
-- column: workload_namespace text | The Kubernetes namespace.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: role_workloads integer | Workloads that took sessions of this role.
-- column: workload_roles integer | Roles that this workload took sessions of.
-- column: sessions integer | Sessions of this role issued to this workload.
-- column: as_first integer | Those that its own token or EKS began; the others were assumed from another role.
-- column: first_time time | The first issuance.
-- column: last_time time | The last issuance.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: A shared role gives each workload what any of them needs, and calls of a session that was issued before the records begin may be from any of them.
-- read: A workload that chains roles has a row for each; as_first is 0 for those that it assumed from another role.
-- limit: Only issuances that prove the workload count. Workloads that may assume a role but did not are in its trust policy.
-- limit: A workload that uses both IRSA and Pod Identity counts as two where nothing says which cluster the OIDC provider belongs to.
-- example: --since 24h
with used as (
  select
    s.role_arn as role_arn,
    s.workload_cluster_id as workload_cluster_id,
    s.workload_namespace as workload_namespace,
    s.workload_service_account as workload_service_account,
    min(s.workload_cluster) as workload_cluster,
    count(*) as sessions_issued,
    count_if(s.evidence in ('own-token', 'session-tags')) as as_first,
    min(s.issued_at) as first_time,
    max(s.issued_at) as last_time
  from sessions as s
  where s.issued_at >= cast(? as timestamp)
    and s.issued_at < cast(? as timestamp)
    and s.confidence = 'exact'
    and s.workload_namespace is not null
    and s.role_arn is not null
  group by
    s.role_arn,
    s.workload_cluster_id,
    s.workload_namespace,
    s.workload_service_account
),
counted as (
  select
    u.*,
    count(*) over (partition by u.role_arn) as role_workloads,
    count(*) over (partition by u.workload_cluster_id, u.workload_namespace, u.workload_service_account) as workload_roles
  from used as u
)
select
  c.role_arn as role_arn,
  c.workload_namespace as workload_namespace,
  c.workload_service_account as workload_service_account,
  c.workload_cluster as workload_cluster,
  c.role_workloads as role_workloads,
  c.workload_roles as workload_roles,
  c.sessions_issued as sessions,
  c.as_first as as_first,
  c.first_time as first_time,
  c.last_time as last_time,
  c.workload_cluster_id as workload_cluster_id
from counted as c
where c.role_workloads > 1
  or c.workload_roles > 1
order by
  c.role_workloads desc,
  c.role_arn,
  c.workload_namespace,
  c.workload_service_account,
  c.workload_cluster_id
