-- id: models/session-links
-- grain: one row per caller identity and issuance that fits it, by key or, failing that, by start
-- uses: issuances, assumptions, claims, principals
with sessions_issued as (
  select
    i.record_key as record_key,
    i.event_time as event_time,
    i.role_arn as role_arn,
    i.mechanism as mechanism,
    a.issued_key_id as issued_key_id,
    a.assumed_role_id as assumed_role_id,
    i.role_session_name as role_session_name,
    c.provider as provider
  from issuances as i
  join assumptions as a on a.record_key = i.record_key
  join claims as c on c.claim_key = i.claim_key
  where i.is_session
),
keyed as (
  select
    p.principal_key as principal_key,
    i.record_key as session_key
  from principals as p
  join sessions_issued as i
    on i.issued_key_id = p.access_key_id
    and i.role_arn = p.session_issuer_arn
  where abs(date_diff('second', i.event_time, p.created_at)) <= 2
    and not (i.mechanism in ('irsa', 'web-identity') and coalesce(p.federated_provider <> i.provider, false))
),
started as (
  select
    p.principal_key as principal_key,
    i.record_key as session_key
  from principals as p
  join sessions_issued as i
    on i.role_arn = p.session_issuer_arn
    and i.event_time = p.created_at
  where not exists (select 1 from keyed as k where k.principal_key = p.principal_key)
    and (
      (p.federated_provider is null and i.mechanism in ('pod-identity', 'assumed'))
      or (p.federated_provider = i.provider and i.mechanism in ('irsa', 'web-identity'))
    )
    -- Where the issuance shows no id of the session, the name that was asked for tells other sessions apart.
    and not (
      regexp_like(coalesce(p.principal_id, ''), '^AROA[^:]*:.')
      and case
        when regexp_like(coalesce(i.assumed_role_id, ''), '^AROA[^:]*:.') then p.principal_id <> i.assumed_role_id
        else coalesce(substr(p.principal_id, strpos(p.principal_id, ':') + 1) <> i.role_session_name, false)
      end
    )
    -- A session has one key: who signs with another is in another session, unless a service calls in its place.
    and not (
      p.invoked_by is null
      and regexp_like(coalesce(p.access_key_id, ''), '^ASIA[0-9A-Z]+$')
      and regexp_like(coalesce(i.issued_key_id, ''), '^ASIA[0-9A-Z]+$')
      and p.access_key_id <> i.issued_key_id
    )
)
select
  k.principal_key as principal_key,
  k.session_key as session_key,
  'issued-key' as rung
from keyed as k
union all
select
  s.principal_key as principal_key,
  s.session_key as session_key,
  'session-start' as rung
from started as s
