-- id: models/assumption-claims
-- grain: one row per attempt to assume a role, with what it says of the workload behind it, unread, and what is kept of it
-- uses: assumptions, principals
with kinds as (
  select
    a.record_key as record_key,
    a.event_time as event_time,
    a.principal_key as principal_key,
    a.role_arn as role_arn,
    a.role_session_name as role_session_name,
    a.tag_pod_name as tag_pod_name,
    a.tag_pod_uid as tag_pod_uid,
    a.error_code is null as is_issued,
    case when coalesce(p.identity_type, '') = 'AWSAccount' then a.shared_event_id end as foreign_event_id,
    a.role_session_name = 'external-secrets-provider-aws'
      or regexp_like(coalesce(a.user_agent, ''), 'secrets-store-csi-driver-provider-aws') as is_delegated,
    coalesce(
      p.identity_type in ('IAMUser', 'Root', 'IdentityCenterUser', 'SAMLUser', 'FederatedUser')
        or p.session_issuer_arn like '%/AWSReservedSSO#_%' escape '#',
      false
    ) as is_from_person,
    case
      when a.event_name = 'AssumeRoleWithWebIdentity' then 'web-identity'
      when a.event_name = 'AssumeRole'
        and p.invoked_by = 'pods.eks.amazonaws.com'
        and (a.tag_namespace is not null or p.session_issuer_arn is null) then 'pod-identity'
      else 'assumed'
    end as kind,
    nullif(a.provider, '') as token_provider,
    nullif(a.token_subject, '') as token_subject,
    nullif(a.tag_cluster_arn, '') as tag_cluster_arn,
    nullif(a.tag_cluster_name, '') as tag_cluster_name,
    nullif(a.tag_namespace, '') as tag_namespace,
    nullif(a.tag_service_account, '') as tag_service_account,
    nullif(p.identity_provider, '') as identity_provider,
    p.principal_id as principal_id,
    nullif(p.user_name, '') as user_name
  from assumptions as a
  join principals as p on p.principal_key = a.principal_key
  where a.event_name <> 'CreateSession'
)
select
  k.record_key as record_key,
  k.event_time as event_time,
  k.principal_key as principal_key,
  k.role_arn as role_arn,
  k.role_session_name as role_session_name,
  k.tag_pod_name as tag_pod_name,
  k.tag_pod_uid as tag_pod_uid,
  k.is_issued as is_issued,
  k.foreign_event_id as foreign_event_id,
  k.is_delegated as is_delegated,
  k.is_from_person as is_from_person,
  k.kind as kind,
  case
    when k.kind = 'web-identity' then coalesce(
      k.identity_provider,
      k.token_provider,
      regexp_extract(k.principal_id, '^(arn:[^:]*:iam::[0-9]+:oidc-provider/[^:]+):', 1)
    )
  end as provider,
  case when k.kind = 'web-identity' then k.user_name end as user_name,
  case when k.kind = 'web-identity' then k.token_subject end as token_subject,
  case when k.kind = 'pod-identity' then k.tag_cluster_arn end as tag_cluster_arn,
  case when k.kind = 'pod-identity' then k.tag_cluster_name end as tag_cluster_name,
  case when k.kind = 'pod-identity' then k.tag_namespace end as tag_namespace,
  case when k.kind = 'pod-identity' then k.tag_service_account end as tag_service_account
from kinds as k
