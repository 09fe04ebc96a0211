-- id: models/call-sessions
-- grain: one row per record, with what its caller's session is known by: a narrow part of calls, to search first
-- uses: records, twins, callers, principals
select
  r.record_key as record_key,
  p.access_key_id as access_key_id,
  c.session_name as session_name,
  c.session_key as session_key
from records as r
left join twins as t on t.record_key = r.record_key
join callers as c on c.principal_key = coalesce(t.caller_principal_key, r.principal_key)
join principals as p on p.principal_key = c.principal_key
