-- id: sources/trino/day-failures
-- grain: one row per failed assumption of a day, as the history keeps it
-- uses: assumption_failures
-- bind: since, until
select f.*
from assumption_failures as f
where f.event_time >= cast(? as timestamp)
  and f.event_time < cast(? as timestamp)
