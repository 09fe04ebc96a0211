-- id: sources/trino/day-calls
-- grain: one row per call of a day, as the history keeps it; is_in_calls tells those of AWS's own services apart, which are only counted
-- uses: calls, call_callers, callers
select
  c.*,
  s.access_key_id as session_access_key_id,
  c.principal_type is distinct from 'AWSService' or c.principal_class = 'workload' as is_in_calls
from calls as c
join call_callers as k on k.record_key = c.record_key
join callers as s on s.principal_key = k.principal_key
