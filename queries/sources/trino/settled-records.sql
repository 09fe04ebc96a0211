-- id: sources/trino/settled-records
-- grain: one row per distinct record of delivered log files
-- uses: log_file_records
select
  r.record_key as record_key,
  r.event_time as event_time,
  r.event_id as event_id,
  r.recipient_account_id as recipient_account_id,
  r.aws_region as aws_region,
  r.event_source as event_source,
  r.event_name as event_name,
  r.error_code as error_code,
  r.error_message as error_message,
  r.source_ip_address as source_ip_address,
  r.user_agent as user_agent,
  r.shared_event_id as shared_event_id,
  r.addendum_reason as addendum_reason,
  r.event_category as event_category,
  case when r.is_assumption then r.role_arn end as assumed_role_arn,
  r.resources as resources,
  r.principal_key as principal_key
from log_file_records as r
where r.outcome = 'kept'
