-- id: questions/failure-trend
-- question: Since when have role assumptions failed, and do any still succeed?
-- grain: one row per hour, workload, role and error code
-- uses: assumption_failures, sessions
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: since, until, since, until, namespace, namespace
-- column: hour time | When the hour began.
-- column: workload_namespace text | The namespace that the token or tags name; empty where the record names none.
-- column: workload_service_account text | The ServiceAccount.
-- column: workload_cluster text | The cluster's name, else the issuer of the token, which may be no cluster's.
-- column: role_arn text | The role that was asked for; it may not exist.
-- column: error_code text | CloudTrail's error code.
-- column: failures integer | Failed attempts, retries included.
-- column: issued integer | Sessions of this role issued to this workload in the same hour; empty where the workload is not named.
-- column: first_time time | The first failure of the hour.
-- column: last_time time | The last failure of the hour.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's.
-- engines: duckdb, athena, trino
-- read: The first hour of a workload and role is when it broke. Where issued is not 0, attempts succeeded in a part of the hour, or from some pods.
-- read: Most failures are retries; failed-assumptions counts minutes instead, and has the audience and provider.
-- limit: A token that STS could not validate leaves no record: hours without rows do not mean that all was well.
-- limit: Hours without a failure are not here.
-- ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
-- example: --since 24h
with attempts as (
  select
    date_trunc('hour', f.event_time) as attempt_hour,
    f.event_time as attempt_time,
    f.workload_namespace as workload_namespace,
    f.workload_service_account as workload_service_account,
    f.workload_cluster as workload_cluster,
    f.workload_cluster_id as workload_cluster_id,
    f.role_arn as role_arn,
    f.error_code as error_code
  from assumption_failures as f
  where f.event_time >= cast(? as timestamp)
    and f.event_time < cast(? as timestamp)
  union all
  select
    date_trunc('hour', s.issued_at) as attempt_hour,
    s.issued_at as attempt_time,
    s.workload_namespace as workload_namespace,
    s.workload_service_account as workload_service_account,
    s.workload_cluster as workload_cluster,
    s.workload_cluster_id as workload_cluster_id,
    s.role_arn as role_arn,
    cast(null as varchar) as error_code
  from sessions as s
  where s.issued_at >= cast(? as timestamp)
    and s.issued_at < cast(? as timestamp)
    and s.evidence is not null
),
counted as (
  select
    a.attempt_hour as attempt_hour,
    a.workload_namespace as workload_namespace,
    a.workload_service_account as workload_service_account,
    a.workload_cluster as workload_cluster,
    a.workload_cluster_id as workload_cluster_id,
    a.role_arn as role_arn,
    a.error_code as error_code,
    count(*) as attempts,
    min(a.attempt_time) as first_time,
    max(a.attempt_time) as last_time
  from attempts as a
  where cast(? as varchar) is null
    or a.workload_namespace = ?
  group by
    a.attempt_hour,
    a.workload_namespace,
    a.workload_service_account,
    a.workload_cluster,
    a.workload_cluster_id,
    a.role_arn,
    a.error_code
),
compared as (
  select
    c.*,
    sum(case when c.error_code is null then c.attempts else 0 end) over (
      partition by
        c.attempt_hour,
        c.workload_namespace,
        c.workload_service_account,
        c.workload_cluster_id,
        c.role_arn
    ) as issued
  from counted as c
)
select
  c.attempt_hour as hour,
  c.workload_namespace as workload_namespace,
  c.workload_service_account as workload_service_account,
  c.workload_cluster as workload_cluster,
  c.role_arn as role_arn,
  c.error_code as error_code,
  c.attempts as failures,
  case when c.workload_namespace is not null then cast(c.issued as bigint) end as issued,
  c.first_time as first_time,
  c.last_time as last_time,
  c.workload_cluster_id as workload_cluster_id
from compared as c
where c.error_code is not null
order by
  c.attempt_hour,
  c.attempts desc,
  c.workload_namespace,
  c.workload_service_account,
  c.workload_cluster_id,
  c.workload_cluster,
  c.role_arn,
  c.error_code
