-- id: models/trail-days
-- grain: one row per day (UTC), account and region with calls: how many, of whom, when, and how late they were delivered
-- uses: call_attributions, deliveries
with minutes as (
  select
    cast(date_trunc('day', min(c.event_time)) as timestamp) as day,
    date_trunc('minute', c.event_time) as minute,
    c.recipient_account_id as recipient_account_id,
    c.aws_region as aws_region,
    count(*) as calls,
    count_if(c.principal_type = 'AWSService' and c.principal_class <> 'workload') as service_calls,
    count_if(c.principal_class = 'workload') as workload_calls,
    count_if(c.principal_class = 'workload' and c.workload_namespace is null) as unnamed_calls,
    count_if(c.event_category = 'Data') as data_events,
    count_if(date_diff('second', c.event_time, d.delivered_at) > 3600) as late_calls,
    max(date_diff('second', c.event_time, d.delivered_at)) as longest_delay_seconds,
    min(c.event_time) as first_time,
    max(c.event_time) as last_time
  from call_attributions as c
  left join deliveries as d on d.delivery_key = c.delivery_key
  group by
    date_trunc('minute', c.event_time),
    c.recipient_account_id,
    c.aws_region
),
sequenced as (
  select
    m.*,
    lag(m.last_time) over (partition by m.day, m.recipient_account_id, m.aws_region order by m.minute) as time_before
  from minutes as m
),
gaps as (
  select
    s.*,
    date_diff('second', s.time_before, s.first_time) as gap_seconds,
    row_number() over (
      partition by s.day, s.recipient_account_id, s.aws_region
      order by date_diff('second', s.time_before, s.first_time) desc, s.minute
    ) as place
  from sequenced as s
)
select
  g.day as day,
  g.recipient_account_id as recipient_account_id,
  g.aws_region as aws_region,
  cast(sum(g.calls) as bigint) as calls,
  cast(sum(g.service_calls) as bigint) as service_calls,
  cast(sum(g.workload_calls) as bigint) as workload_calls,
  cast(sum(g.unnamed_calls) as bigint) as unnamed_calls,
  cast(sum(g.data_events) as bigint) as data_events,
  cast(sum(g.late_calls) as bigint) as late_calls,
  max(g.longest_delay_seconds) as longest_delay_seconds,
  min(g.first_time) as first_time,
  max(g.last_time) as last_time,
  coalesce(max(g.gap_seconds), 0) as longest_gap_seconds,
  max(case when g.place = 1 then g.time_before end) as longest_gap_began
from gaps as g
group by
  g.day,
  g.recipient_account_id,
  g.aws_region
