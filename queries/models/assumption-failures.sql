-- id: models/assumption-failures
-- grain: one row per failed attempt of a workload, or of an unreadable caller, to assume a role
-- uses: issuances, assumptions, claims, principals, callers, attributions
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
  w.cluster_id as workload_cluster_id,
  w.cluster as workload_cluster,
  w.namespace as workload_namespace,
  w.service_account as workload_service_account,
  case when i.mechanism = 'assumed' then b.pod else i.pod end as workload_pod,
  -- A refused AssumeRole keeps its parameters back, and names the role in its message.
  coalesce(
    i.role_arn,
    nullif(regexp_extract(a.error_message, 'sts:(?:AssumeRole|TagSession) on resource: (arn:aws[a-z-]*:iam::[0-9]{12}:role/[^ ]+)', 1), '')
  ) as role_arn,
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
join callers as k on k.principal_key = i.principal_key
join attributions as b on b.attribution_key = k.attribution_key
-- Who takes a further role is told by the session that asks for it.
left join claims as w on w.claim_key = case when i.mechanism = 'assumed' then b.claim_key else i.claim_key end
left join web_identities as p on p.principal_key = i.principal_key
where not i.is_issued
  and not i.is_from_person
