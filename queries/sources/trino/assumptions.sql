-- id: sources/trino/assumptions
-- grain: one row per attempt to become a role, or key handed out for a directory bucket, as a store keeps it
-- uses: log_file_records
select
  r.record_key as record_key,
  r.principal_key as principal_key,
  r.event_time as event_time,
  r.event_id as event_id,
  r.recipient_account_id as recipient_account_id,
  r.aws_region as aws_region,
  r.event_name as event_name,
  r.error_code as error_code,
  r.error_message as error_message,
  r.source_ip_address as source_ip_address,
  r.user_agent as user_agent,
  r.shared_event_id as shared_event_id,
  r.role_arn as role_arn,
  r.role_session_name as role_session_name,
  r.issued_key_id as issued_key_id,
  r.expires_at as expires_at,
  r.assumed_role_id as assumed_role_id,
  r.token_subject as token_subject,
  r.provider as provider,
  r.audience as audience,
  r.request_id as request_id,
  r.tag_cluster_arn as tag_cluster_arn,
  r.tag_cluster_name as tag_cluster_name,
  r.tag_namespace as tag_namespace,
  r.tag_service_account as tag_service_account,
  r.tag_pod_name as tag_pod_name,
  r.tag_pod_uid as tag_pod_uid
from log_file_records as r
where r.outcome = 'kept'
  and r.is_assumption
