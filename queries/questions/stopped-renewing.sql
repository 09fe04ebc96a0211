-- id: questions/stopped-renewing
-- question: Which workloads stopped renewing their credentials?
-- grain: one row per workload and role whose last session ended before the records do
-- uses: call_attributions, sessions, assumption_failures
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: least integer default 2 | Sessions that a workload must have taken; one alone may have been a job.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: since, until, namespace, namespace, until, least
-- column: workload_namespace text | The Kubernetes namespace.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: role_arn text | The role.
-- column: mechanism text | irsa or pod-identity.
-- column: sessions integer | Sessions issued in the range.
-- column: first_issued_at time | The first issuance.
-- column: last_issued_at time | The last issuance.
-- column: expires_at time | When the last of the sessions ended.
-- column: quiet_minutes integer | Minutes from then to the last record.
-- column: failures_since integer | Failed attempts of this workload on this role since the last issuance.
-- column: records_end_at time | The time of the last record in the range.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's.
-- engines: duckdb, athena, trino
-- read: Where failures_since is not 0, the workload is refused: ask failed-assumptions. Where it is 0, the workload is gone or idle, or STS cannot validate its token, which leaves no record.
-- limit: Workloads that were scaled down, finished or moved to another role are here too: this says that they stopped, not why.
-- limit: Records that are missing or late look like a workload that stopped.
-- limit: Sessions whose records do not say when they end are left out.
-- example: --since 24h --least 1
with records_end as (
  select max(c.event_time) as ends_at
  from call_attributions as c
),
renewed as (
  select
    s.workload_namespace as workload_namespace,
    s.workload_service_account as workload_service_account,
    s.workload_cluster as workload_cluster,
    s.workload_cluster_id as workload_cluster_id,
    s.role_arn as role_arn,
    s.mechanism as mechanism,
    count(*) as sessions_issued,
    min(s.issued_at) as first_issued_at,
    max(s.issued_at) as last_issued_at,
    max(s.expires_at) as expires_at
  from sessions as s
  where s.issued_at >= cast(? as timestamp)
    and s.issued_at < cast(? as timestamp)
    and s.evidence in ('own-token', 'session-tags')
    and (cast(? as varchar) is null or s.workload_namespace = ?)
  group by
    s.workload_namespace,
    s.workload_service_account,
    s.workload_cluster,
    s.workload_cluster_id,
    s.role_arn,
    s.mechanism
)
select
  r.workload_namespace as workload_namespace,
  r.workload_service_account as workload_service_account,
  r.workload_cluster as workload_cluster,
  r.role_arn as role_arn,
  r.mechanism as mechanism,
  r.sessions_issued as sessions,
  r.first_issued_at as first_issued_at,
  r.last_issued_at as last_issued_at,
  r.expires_at as expires_at,
  date_diff('minute', r.expires_at, e.ends_at) as quiet_minutes,
  count(f.record_key) as failures_since,
  e.ends_at as records_end_at,
  r.workload_cluster_id as workload_cluster_id
from renewed as r
cross join records_end as e
left join assumption_failures as f
  on f.role_arn = r.role_arn
  and f.workload_namespace = r.workload_namespace
  and f.workload_service_account = r.workload_service_account
  and coalesce(f.workload_cluster_id, '') = coalesce(r.workload_cluster_id, '')
  and f.event_time > r.last_issued_at
  and f.event_time < cast(? as timestamp)
where r.expires_at < e.ends_at
  and r.sessions_issued >= cast(? as bigint)
group by
  r.workload_namespace,
  r.workload_service_account,
  r.workload_cluster,
  r.workload_cluster_id,
  r.role_arn,
  r.mechanism,
  r.sessions_issued,
  r.first_issued_at,
  r.last_issued_at,
  r.expires_at,
  e.ends_at
order by
  r.expires_at desc,
  r.workload_namespace,
  r.workload_service_account,
  r.workload_cluster_id,
  r.workload_cluster,
  r.role_arn,
  r.mechanism
