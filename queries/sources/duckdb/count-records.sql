-- Counts the records of a store that are alike in all that counted_calls tells of them; the first of them stands for the others.
-- Those that two accounts may share stay apart. Inferences are told apart by what they say, of whichever caller.
create or replace temp table record_counts as
with alike as (
  select unnest(s.principal_keys) as principal_key, s.said_key as said_key
  from (
    select list(principal_key) as principal_keys, min(principal_key) as said_key, * exclude (principal_key) from inferences group by all
  ) as s
)
select
  min(r.record_key) as record_key,
  count(*) as calls,
  min(r.event_time) as first_time,
  max(r.event_time) as last_time
from stored_records as r
left join alike as i on i.principal_key = r.root_principal_key
group by
  r.attribution_key,
  i.said_key,
  r.event_source,
  r.event_name,
  r.recipient_account_id,
  r.error_code,
  r.shared_event_id,
  r.assumed_role_arn,
  r.resources;
create or replace temp view records as
select r.*, r.record_key >> 32 as delivery_key
from stored_records as r
where r.record_key in (select record_key from record_counts);
