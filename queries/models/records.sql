-- id: models/records
-- grain: one row per distinct CloudTrail record of the store within the time range, with the key of what it is attributed to
-- uses: attributed_records
-- bind: since, until
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
  r.shared_event_id as shared_event_id,
  r.event_category as event_category,
  r.assumed_role_arn as assumed_role_arn,
  r.resources as resources,
  r.principal_key as principal_key,
  r.twin_principal_key as twin_principal_key,
  r.root_principal_key as root_principal_key,
  r.attribution_key as attribution_key,
  r.delivery_key as delivery_key
from attributed_records as r
where r.event_time >= cast(? as timestamp)
  and r.event_time < cast(? as timestamp)
