-- id: sources/trino/day-calls
-- grain: one row per call of a day, as the history keeps it; is_in_calls tells those of AWS's own services apart, which are only counted
-- uses: calls, call_sessions
select
  c.*,
  s.access_key_id as session_access_key_id,
  c.principal_type is distinct from 'AWSService' or c.principal_class = 'workload' as is_in_calls
from calls as c
join call_sessions as s on s.record_key = c.record_key
