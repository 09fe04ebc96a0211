-- id: sources/trino/history-callers
-- grain: one row per call of the history within the time range, with what its caller's session is known by; the call's key stands for the caller's
-- uses: calls
select
  c.record_key as principal_key,
  c.session_access_key_id as access_key_id,
  c.session_name as session_name,
  c.session_key as session_key
from calls as c
