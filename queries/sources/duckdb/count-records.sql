-- Counts the records of a store that are alike in all that questions of counted_calls read: one stands for the others, by its key.
-- Those that two accounts may share stay apart. Inferences are told apart by what they say, of whichever caller.
create or replace table counted_records as
with alike as (
  select unnest(s.principal_keys) as principal_key, s.root_principal_key as root_principal_key
  from (
    select list(principal_key) as principal_keys, min(principal_key) as root_principal_key, * exclude (principal_key)
    from inferences
    group by all
  ) as s
)
select
  min(r.record_key) as record_key,
  r.attribution_key as attribution_key,
  i.root_principal_key as root_principal_key,
  r.event_source as event_source,
  r.event_name as event_name,
  r.recipient_account_id as recipient_account_id,
  r.error_code as error_code,
  r.shared_event_id as shared_event_id,
  r.assumed_role_arn as assumed_role_arn,
  r.resources as resources,
  count(*) as calls,
  min(r.event_time) as event_time,
  max(r.event_time) as last_time
from stored_records as r
left join alike as i on i.principal_key = r.root_principal_key
group by all;
