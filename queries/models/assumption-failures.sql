-- id: models/assumption-failures
-- grain: one row per failed attempt of a workload, or of an unreadable caller, to assume a role
-- uses: issuances
select
  i.record_key as record_key,
  i.event_time as event_time,
  i.event_id as event_id,
  i.event_name as event_name,
  i.recipient_account_id as recipient_account_id,
  i.aws_region as aws_region,
  i.mechanism as mechanism,
  i.cluster_id as workload_cluster_id,
  i.cluster as workload_cluster,
  i.namespace as workload_namespace,
  i.service_account as workload_service_account,
  i.pod as workload_pod,
  i.role_arn as role_arn,
  i.role_session_name as role_session_name,
  i.provider as provider,
  i.audience as audience,
  i.error_code as error_code,
  i.error_message as error_message,
  i.source_ip_address as source_ip_address,
  i.user_agent as user_agent,
  i.request_id as request_id
from issuances as i
where not i.is_issued
