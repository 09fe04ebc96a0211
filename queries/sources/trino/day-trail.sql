-- id: sources/trino/day-trail
-- grain: one row per account and region with calls within a day, as the history keeps it
-- uses: trail_days
select t.*
from trail_days as t
