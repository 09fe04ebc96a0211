-- id: sources/trino/day-sessions
-- grain: one row per session issued within a day, as the history keeps it
-- uses: sessions
-- bind: since, until
select s.*
from sessions as s
where s.issued_at >= cast(? as timestamp)
  and s.issued_at < cast(? as timestamp)
