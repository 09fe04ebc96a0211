-- id: questions/session-timeline
-- question: What did one session do, from its issuance to its expiry?
-- grain: one row per event of the session: its issuance, each call, its expiry
-- uses: calls, sessions, callers, call_callers
-- param: session text required | The session's access key (ASIA…), its name, or the event id of its issuance.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: session, session, session, session, session, since, until
-- column: event_time time | When it happened.
-- column: step text | issued, call or expires.
-- column: access_key_id text | The session's key; calls that a service made on its behalf carry another or none.
-- column: event_source text | The service that was called.
-- column: event_name text | The action.
-- column: error_code text | Why the call failed; empty when it succeeded.
-- column: resources texts | ARNs of what the call touched.
-- column: source_ip_address text | Where the call came from.
-- column: workload_namespace text | The workload's namespace.
-- column: workload_service_account text | The workload's ServiceAccount.
-- column: workload_pod text | The pod, where the evidence names it.
-- column: evidence text | What ties the row to the workload.
-- column: confidence text | exact, inferred, ambiguous or unknown.
-- column: role_arn text | The session's role.
-- column: account_id text | The account whose trail has the call (two trails may have a call into another account); for issuance and expiry, the role's account.
-- column: event_id text | The record's id.
-- engines: duckdb, athena, trino
-- read: Rows are in time order; the issuance is the record that handed out the key, and expiry is when that key stops working.
-- limit: Of a session issued before the records begin only the calls show, found by key or by name.
-- limit: The row of an issuance names a workload only where an issuance proves it; rows of calls also tell what is inferred.
-- limit: Session names repeat: several sessions may share one; the key and the event id do not.
-- example: --session ASIAIOSFODNN7EXAMPLE
with matched as (
  select s.*
  from sessions as s
  where s.access_key_id = ?
    or s.event_id = ?
    or s.role_session_name = ?
),
session_callers as (
  select c.principal_key as principal_key
  from callers as c
  where c.access_key_id = ?
    or c.session_name = ?
    or c.session_key in (select m.session_key from matched as m)
),
session_calls as (
  select k.record_key as record_key
  from call_callers as k
  where k.principal_key in (select c.principal_key from session_callers as c)
),
events as (
  select
    m.issued_at as event_time,
    'issued' as step,
    1 as place,
    m.access_key_id as access_key_id,
    'sts.amazonaws.com' as event_source,
    m.event_name as event_name,
    cast(null as varchar) as error_code,
    cast(null as varchar) as resources,
    m.source_ip_address as source_ip_address,
    m.workload_namespace as workload_namespace,
    m.workload_service_account as workload_service_account,
    m.workload_pod as workload_pod,
    m.evidence as evidence,
    m.confidence as confidence,
    m.role_arn as role_arn,
    split_part(m.role_arn, ':', 5) as account_id,
    m.event_id as event_id
  from matched as m
  union all
  select
    c.event_time as event_time,
    'call' as step,
    2 as place,
    c.access_key_id as access_key_id,
    c.event_source as event_source,
    c.event_name as event_name,
    c.error_code as error_code,
    c.resources as resources,
    c.source_ip_address as source_ip_address,
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_pod as workload_pod,
    c.evidence as evidence,
    c.confidence as confidence,
    c.session_issuer_arn as role_arn,
    c.recipient_account_id as account_id,
    c.event_id as event_id
  from calls as c
  where c.record_key in (select s.record_key from session_calls as s)
  union all
  select
    m.expires_at as event_time,
    'expires' as step,
    3 as place,
    m.access_key_id as access_key_id,
    cast(null as varchar) as event_source,
    cast(null as varchar) as event_name,
    cast(null as varchar) as error_code,
    cast(null as varchar) as resources,
    cast(null as varchar) as source_ip_address,
    m.workload_namespace as workload_namespace,
    m.workload_service_account as workload_service_account,
    m.workload_pod as workload_pod,
    m.evidence as evidence,
    m.confidence as confidence,
    m.role_arn as role_arn,
    split_part(m.role_arn, ':', 5) as account_id,
    m.event_id as event_id
  from matched as m
  where m.expires_at is not null
)
select
  e.event_time as event_time,
  e.step as step,
  e.access_key_id as access_key_id,
  e.event_source as event_source,
  e.event_name as event_name,
  e.error_code as error_code,
  json_format(cast(split(e.resources, chr(30)) as json)) as resources,
  e.source_ip_address as source_ip_address,
  e.workload_namespace as workload_namespace,
  e.workload_service_account as workload_service_account,
  e.workload_pod as workload_pod,
  e.evidence as evidence,
  e.confidence as confidence,
  e.role_arn as role_arn,
  e.account_id as account_id,
  e.event_id as event_id
from events as e
where e.event_time >= cast(? as timestamp)
  and e.event_time < cast(? as timestamp)
order by
  e.event_time,
  e.place,
  e.event_id
