-- id: sources/trino/history-call-callers
-- grain: one row per call of the history within the time range, which is its own caller in history-callers
-- uses: calls
select
  c.record_key as record_key,
  c.record_key as principal_key
from calls as c
