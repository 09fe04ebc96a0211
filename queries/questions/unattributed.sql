-- id: questions/unattributed
-- question: Which calls of workloads could not be named for certain, and why?
-- grain: one row per role, provider, session name, confidence and reason
-- uses: calls
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 1000 | Rows at most, the most calls first.
-- bind: limit
-- column: role_arn text | The session's role.
-- column: federated_provider text | The OIDC provider, where the session is a web identity's.
-- column: session_name text | The session's name.
-- column: confidence text | ambiguous or unknown, or inferred where only the cluster is known.
-- column: reason text | Why the calls could not be named.
-- column: calls integer | Calls; one that two accounts logged counts once.
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- column: session_began time | When the earliest of these sessions began.
-- column: candidates text | Where the answer is ambiguous: the workloads it may have been.
-- engines: duckdb, athena, trino
-- read: Most rows go away when the records reach back to session_began, since the issuance then names the workload.
-- limit: Only sessions on a role or provider that is known to serve pods are here; other callers are not workloads.
-- example: --since 24h
with unnamed as (
  select
    coalesce(c.session_issuer_arn, c.assumed_role_arn) as role_arn,
    c.federated_provider as federated_provider,
    c.session_name as session_name,
    c.confidence as confidence,
    c.candidates as candidates,
    c.event_time as event_time,
    c.shared_event_id as shared_event_id,
    c.session_created_at as session_created_at,
    case
      when c.confidence = 'ambiguous' and c.evidence = 'session-start' then 'several workloads began a session of this role in the same second'
      when c.confidence = 'ambiguous' and c.evidence = 'role-subject' then 'the issuance is not in these records, and several workloads use the role'
      when c.confidence = 'ambiguous' and c.evidence = 'session-name' then 'the issuance is not in these records, and the session name reads in several ways'
      when c.confidence = 'ambiguous' then 'the evidence names several workloads'
      when c.evidence = 'provider' then 'the issuance is not in these records; the session tells the cluster only'
      when c.session_issuer_arn is null or c.session_key is not null then 'EKS assumed the role without session tags (disabled on the association)'
      else 'the issuance is not in these records'
    end as reason
  from calls as c
  where c.principal_class = 'workload'
    and c.workload_namespace is null
)
select
  u.role_arn as role_arn,
  u.federated_provider as federated_provider,
  u.session_name as session_name,
  u.confidence as confidence,
  u.reason as reason,
  count_if(u.shared_event_id is null) + count(distinct u.shared_event_id) as calls,
  min(u.event_time) as first_time,
  max(u.event_time) as last_time,
  min(u.session_created_at) as session_began,
  u.candidates as candidates
from unnamed as u
group by
  u.role_arn,
  u.federated_provider,
  u.session_name,
  u.confidence,
  u.reason,
  u.candidates
order by
  count_if(u.shared_event_id is null) + count(distinct u.shared_event_id) desc,
  u.role_arn,
  u.federated_provider,
  u.session_name,
  u.confidence,
  u.reason,
  u.candidates
limit ?
