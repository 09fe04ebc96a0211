-- id: sources/trino/history-call-sessions
-- grain: one row per call of the history within the time range, with what its caller's session is known by
-- uses: calls
select
  c.record_key as record_key,
  c.session_access_key_id as access_key_id,
  c.session_name as session_name,
  c.session_key as session_key
from calls as c
