-- id: models/call-sessions
-- grain: one row per record, with what its caller's session is known by: a narrow part of calls, to search first
-- uses: records, callers
select
  r.record_key as record_key,
  c.access_key_id as access_key_id,
  c.session_name as session_name,
  c.session_key as session_key
from records as r
join callers as c on c.principal_key = coalesce(r.twin_principal_key, r.principal_key)
