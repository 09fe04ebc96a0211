-- id: models/assumption-failures
-- grain: one row per failed attempt of a workload, or of an unreadable caller, to assume a role
-- uses: issuances, assumptions, claims, principals
with web_identities as (
  select
    w.principal_key as principal_key,
    nullif(regexp_extract(w.principal_id, '^arn:[^:]*:iam::[0-9]+:oidc-provider/[^:]+:(.+):system:serviceaccount:', 1), '') as audience
  from principals as w
  where w.identity_type = 'WebIdentityUser'
)
select
  i.record_key as record_key,
  i.event_time as event_time,
  a.event_id as event_id,
  a.event_name as event_name,
  a.recipient_account_id as recipient_account_id,
  a.aws_region as aws_region,
  i.mechanism as mechanism,
  c.cluster_id as workload_cluster_id,
  c.cluster as workload_cluster,
  c.namespace as workload_namespace,
  c.service_account as workload_service_account,
  i.pod as workload_pod,
  i.role_arn as role_arn,
  i.role_session_name as role_session_name,
  c.provider as provider,
  coalesce(a.audience, p.audience) as audience,
  a.error_code as error_code,
  a.error_message as error_message,
  a.source_ip_address as source_ip_address,
  a.user_agent as user_agent,
  a.request_id as request_id
from issuances as i
join assumptions as a on a.record_key = i.record_key
join claims as c on c.claim_key = i.claim_key
left join web_identities as p on p.principal_key = i.principal_key
where not i.is_issued
  and not i.is_from_person
