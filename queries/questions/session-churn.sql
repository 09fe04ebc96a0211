-- id: questions/session-churn
-- question: Which workloads fetch new credentials far more often than they expire?
-- grain: one row per workload, role and mechanism
-- uses: sessions
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: factor integer default 60 | Too often is more than this many times what one client needs in an hour, or one client in each pod where the pods are known.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: since, until, namespace, namespace, factor
-- column: workload_namespace text | The Kubernetes namespace; empty where it could not be named.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: confidence text | exact, ambiguous or unknown; only exact is proof.
-- column: role_arn text | The role.
-- column: mechanism text | irsa or pod-identity; empty where a chain may have begun in either.
-- column: sessions integer | Sessions issued in all.
-- column: hours integer | Hours of the clock in which any was issued.
-- column: busy_hours integer | Hours with too many.
-- column: peak_hour time | When the busiest hour began.
-- column: peak_sessions integer | Sessions issued in it.
-- column: peak_pods integer | Pods that they were issued to; empty where the evidence does not name them all.
-- column: peak_needed integer | Sessions that one client needed in it, by their lifetime.
-- column: lifetime_seconds integer | How long the shortest of those lived; empty where the records do not say.
-- column: is_delegated boolean | Whether a known delegate took the sessions as the ServiceAccount.
-- column: first_time time | The first issuance.
-- column: last_time time | The last issuance.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: A client made for each request fetches credentials each time. Make it once per process and share it, or STS throttles the account.
-- read: Where busy_hours is near hours, it goes on. A single busy hour may be a roll-out, in which each new pod fetches its first credentials.
-- limit: IRSA does not say which pod it was, so a role with more pods than factor looks like churn: give a greater factor.
-- limit: The first and last hour are counted only as far as they are within the time range.
-- ref: https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts-minimum-sdk.html
-- example: --since 24h --factor 120
with issued as (
  select
    s.workload_namespace as workload_namespace,
    s.workload_service_account as workload_service_account,
    s.workload_cluster as workload_cluster,
    s.workload_cluster_id as workload_cluster_id,
    coalesce(s.confidence, 'unknown') as confidence,
    s.role_arn as role_arn,
    s.mechanism as mechanism,
    s.is_delegated as is_delegated,
    s.workload_pod_uid as workload_pod_uid,
    s.issued_at as issued_at,
    date_trunc('hour', s.issued_at) as issued_hour,
    case when s.expires_at > s.issued_at then date_diff('second', s.issued_at, s.expires_at) end as lifetime_seconds
  from sessions as s
  where s.issued_at >= cast(? as timestamp)
    and s.issued_at < cast(? as timestamp)
    and (s.confidence is not null or s.mechanism in ('irsa', 'pod-identity'))
    and (cast(? as varchar) is null or s.workload_namespace = ?)
),
hourly as (
  select
    i.workload_namespace as workload_namespace,
    i.workload_service_account as workload_service_account,
    i.workload_cluster as workload_cluster,
    i.workload_cluster_id as workload_cluster_id,
    i.confidence as confidence,
    i.role_arn as role_arn,
    i.mechanism as mechanism,
    i.is_delegated as is_delegated,
    i.issued_hour as issued_hour,
    count(*) as sessions_issued,
    case when count_if(i.workload_pod_uid is null) = 0 then count(distinct i.workload_pod_uid) end as pods,
    min(i.lifetime_seconds) as lifetime_seconds,
    case when min(i.lifetime_seconds) < 3600 then (3599 + min(i.lifetime_seconds)) / min(i.lifetime_seconds) else 1 end as needed,
    min(i.issued_at) as first_time,
    max(i.issued_at) as last_time,
    row_number() over (
      partition by
        i.workload_namespace,
        i.workload_service_account,
        i.workload_cluster,
        i.workload_cluster_id,
        i.confidence,
        i.role_arn,
        i.mechanism,
        i.is_delegated
      order by count(*) desc, i.issued_hour
    ) as place
  from issued as i
  group by
    i.workload_namespace,
    i.workload_service_account,
    i.workload_cluster,
    i.workload_cluster_id,
    i.confidence,
    i.role_arn,
    i.mechanism,
    i.is_delegated,
    i.issued_hour
),
measured as (
  select
    h.*,
    h.sessions_issued > cast(? as bigint) * h.needed * coalesce(h.pods, 1) as is_busy
  from hourly as h
)
select
  m.workload_namespace as workload_namespace,
  m.workload_service_account as workload_service_account,
  m.workload_cluster as workload_cluster,
  m.confidence as confidence,
  m.role_arn as role_arn,
  m.mechanism as mechanism,
  cast(sum(m.sessions_issued) as bigint) as sessions,
  count(*) as hours,
  count_if(m.is_busy) as busy_hours,
  max(case when m.place = 1 then m.issued_hour end) as peak_hour,
  max(case when m.place = 1 then m.sessions_issued end) as peak_sessions,
  max(case when m.place = 1 then m.pods end) as peak_pods,
  max(case when m.place = 1 then m.needed end) as peak_needed,
  max(case when m.place = 1 then m.lifetime_seconds end) as lifetime_seconds,
  m.is_delegated as is_delegated,
  min(m.first_time) as first_time,
  max(m.last_time) as last_time,
  m.workload_cluster_id as workload_cluster_id
from measured as m
group by
  m.workload_namespace,
  m.workload_service_account,
  m.workload_cluster,
  m.workload_cluster_id,
  m.confidence,
  m.role_arn,
  m.mechanism,
  m.is_delegated
having count_if(m.is_busy) > 0
order by
  max(m.sessions_issued) desc,
  m.workload_namespace,
  m.workload_service_account,
  m.workload_cluster_id,
  m.workload_cluster,
  m.role_arn,
  m.mechanism,
  m.confidence,
  m.is_delegated
