-- id: questions/trail-coverage
-- question: Which accounts and regions do these records cover, and with what gaps?
-- grain: one row per account and region, with all accounts that have records anywhere and all regions that have some
-- uses: trail_days
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- column: recipient_account_id text | The account whose trail holds the records.
-- column: aws_region text | The region that recorded them.
-- column: calls integer | Records; 0 where other accounts have records of this region, and this one has none.
-- column: days_missing integer | Days without a record, from the first to the last day of all these rows.
-- column: first_time time | The first record.
-- column: last_time time | The last record.
-- column: silent_seconds integer | From the last record here to the last of all these rows.
-- column: longest_gap_seconds integer | The longest time between two records that follow each other here, in different minutes.
-- column: longest_gap_began time | When that gap began.
-- column: data_events integer | Records of data events, such as reads of objects and items.
-- column: workload_calls integer | Calls of sessions on roles that serve pods.
-- column: unnamed_calls integer | Those whose workload could not be named for certain.
-- column: late_calls integer | Records that were first delivered more than an hour after the call.
-- column: longest_delay_seconds integer | The longest time from a call to the first delivery of its record, as the file's name says.
-- engines: duckdb, athena, trino
-- read: Where data_events is 0, nobody's reads of objects, items and messages are logged there: an empty answer about them proves nothing.
-- read: A gap or silence in a busy place means that delivery failed, or that somebody stopped it; a quiet place has gaps by nature.
-- limit: An account or region without any record is not listed: the records do not say what should be there.
-- limit: Only files with CloudTrail's own names say when they were delivered. From the history, days are whole.
-- example: --since 7d
with spans as (
  select
    min(t.day) as first_day,
    max(t.day) as last_day,
    max(t.last_time) as last_time
  from trail_days as t
),
nights as (
  select
    t.*,
    lag(t.last_time) over (partition by t.recipient_account_id, t.aws_region order by t.day) as time_before
  from trail_days as t
),
widest as (
  select
    n.*,
    case when date_diff('second', n.time_before, n.first_time) > n.longest_gap_seconds then date_diff('second', n.time_before, n.first_time) else n.longest_gap_seconds end as gap_seconds,
    case when date_diff('second', n.time_before, n.first_time) > n.longest_gap_seconds then n.time_before else n.longest_gap_began end as gap_began
  from nights as n
),
gaps as (
  select
    w.*,
    row_number() over (partition by w.recipient_account_id, w.aws_region order by w.gap_seconds desc, w.day) as place
  from widest as w
),
covered as (
  select
    g.recipient_account_id as recipient_account_id,
    g.aws_region as aws_region,
    count(*) as days,
    cast(sum(g.calls) as bigint) as calls,
    min(g.first_time) as first_time,
    max(g.last_time) as last_time,
    max(g.gap_seconds) as longest_gap_seconds,
    max(case when g.place = 1 then g.gap_began end) as longest_gap_began,
    cast(sum(g.data_events) as bigint) as data_events,
    cast(sum(g.workload_calls) as bigint) as workload_calls,
    cast(sum(g.unnamed_calls) as bigint) as unnamed_calls,
    cast(sum(g.late_calls) as bigint) as late_calls,
    max(g.longest_delay_seconds) as longest_delay_seconds
  from gaps as g
  group by
    g.recipient_account_id,
    g.aws_region
),
places as (
  select
    a.recipient_account_id as recipient_account_id,
    r.aws_region as aws_region
  from (select distinct c.recipient_account_id as recipient_account_id from covered as c) as a
  cross join (select distinct c.aws_region as aws_region from covered as c) as r
)
select
  p.recipient_account_id as recipient_account_id,
  p.aws_region as aws_region,
  coalesce(c.calls, 0) as calls,
  date_diff('day', s.first_day, s.last_day) + 1 - coalesce(c.days, 0) as days_missing,
  c.first_time as first_time,
  c.last_time as last_time,
  date_diff('second', c.last_time, s.last_time) as silent_seconds,
  c.longest_gap_seconds as longest_gap_seconds,
  c.longest_gap_began as longest_gap_began,
  coalesce(c.data_events, 0) as data_events,
  coalesce(c.workload_calls, 0) as workload_calls,
  coalesce(c.unnamed_calls, 0) as unnamed_calls,
  coalesce(c.late_calls, 0) as late_calls,
  c.longest_delay_seconds as longest_delay_seconds
from places as p
cross join spans as s
left join covered as c
  on c.recipient_account_id is not distinct from p.recipient_account_id
  and c.aws_region is not distinct from p.aws_region
order by
  p.recipient_account_id,
  p.aws_region
