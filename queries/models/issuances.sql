-- id: models/issuances
-- grain: one row per attempt to assume a role, with whom it names; is_session leaves out the target account's copy of an issuance
-- uses: assumptions, principals, clusters
with caller_sides as (
  select distinct a.shared_event_id as shared_event_id
  from assumptions as a
  join principals as p on p.principal_key = a.principal_key
  where a.shared_event_id is not null
    and p.identity_type <> 'AWSAccount'
),
readable as (
  select
    a.record_key as record_key,
    a.event_time as event_time,
    a.event_name as event_name,
    a.error_code as error_code,
    a.user_agent as user_agent,
    a.shared_event_id as shared_event_id,
    a.principal_key as principal_key,
    a.role_arn as role_arn,
    a.role_session_name as role_session_name,
    a.issued_key_id as issued_key_id,
    a.assumed_role_id as assumed_role_id,
    a.tag_cluster_arn as tag_cluster_arn,
    a.tag_cluster_name as tag_cluster_name,
    a.tag_namespace as tag_namespace,
    a.tag_service_account as tag_service_account,
    a.tag_pod_name as tag_pod_name,
    a.tag_pod_uid as tag_pod_uid,
    p.identity_type as caller_type,
    a.event_name = 'AssumeRoleWithWebIdentity' as is_web_identity,
    a.event_name = 'AssumeRole'
      and p.invoked_by = 'pods.eks.amazonaws.com'
      and (a.tag_namespace is not null or p.session_issuer_arn is null) as is_pod_identity,
    p.session_issuer_arn as caller_role_arn,
    coalesce(
      p.identity_provider,
      a.provider,
      regexp_extract(p.principal_id, '^(arn:[^:]*:iam::[0-9]+:oidc-provider/[^:]+):', 1)
    ) as provider,
    case
      when regexp_like(p.user_name, '^system:serviceaccount:[a-z0-9]([-a-z0-9]*[a-z0-9])?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?$') then p.user_name
    end as named_subject,
    case
      when regexp_like(a.token_subject, '^system:serviceaccount:[a-z0-9]([-a-z0-9]*[a-z0-9])?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?$') then a.token_subject
    end as token_subject
  from assumptions as a
  join principals as p on p.principal_key = a.principal_key
),
subjects as (
  select
    r.*,
    case
      when r.named_subject <> r.token_subject then null
      else coalesce(r.named_subject, r.token_subject)
    end as subject_claim
  from readable as r
),
placed as (
  select
    s.*,
    case
      when s.is_web_identity and (s.named_subject is not null or s.token_subject is not null) then 'irsa'
      when s.is_web_identity then 'web-identity'
      when s.is_pod_identity then 'pod-identity'
      else 'assumed'
    end as mechanism,
    case
      when s.is_web_identity then coalesce(c.cluster_id, s.provider)
      when s.is_pod_identity then s.tag_cluster_arn
    end as cluster_id,
    case
      when s.is_web_identity then coalesce(c.cluster, regexp_extract(s.provider, ':oidc-provider/(.+)$', 1))
      when s.is_pod_identity then coalesce(s.tag_cluster_name, regexp_extract(s.tag_cluster_arn, ':cluster/(.+)$', 1))
    end as cluster,
    case
      when s.is_web_identity then split_part(s.subject_claim, ':', 3)
      when s.is_pod_identity and s.tag_service_account is not null then s.tag_namespace
    end as namespace,
    case
      when s.is_web_identity then split_part(s.subject_claim, ':', 4)
      when s.is_pod_identity and s.tag_namespace is not null then s.tag_service_account
    end as service_account
  from subjects as s
  left join clusters as c on s.is_web_identity and c.issuer = regexp_extract(s.provider, ':oidc-provider/(.+)$', 1)
)
select
  p.record_key as record_key,
  p.event_time as event_time,
  p.principal_key as principal_key,
  p.caller_type as caller_type,
  p.caller_role_arn as caller_role_arn,
  p.role_arn as role_arn,
  p.role_session_name as role_session_name,
  p.issued_key_id as issued_key_id,
  p.assumed_role_id as assumed_role_id,
  p.provider as provider,
  p.mechanism as mechanism,
  p.error_code is null as is_issued,
  p.error_code is null and (coalesce(p.caller_type, '') <> 'AWSAccount' or s.shared_event_id is null) as is_session,
  case
    when p.namespace is null then null
    when p.is_web_identity then 'own-token'
    when p.is_pod_identity then 'session-tags'
  end as evidence,
  p.cluster_id as cluster_id,
  p.cluster as cluster,
  p.namespace as namespace,
  p.service_account as service_account,
  case when p.is_pod_identity and p.namespace is not null then p.tag_pod_name end as pod,
  case when p.is_pod_identity and p.namespace is not null then p.tag_pod_uid end as pod_uid,
  case
    when p.namespace is not null then
      '{"cluster_id":' || coalesce('"' || replace(replace(p.cluster_id, '\', '\\'), '"', '\"') || '"', 'null')
      || ',"cluster":' || coalesce('"' || replace(replace(p.cluster, '\', '\\'), '"', '\"') || '"', 'null')
      || ',"namespace":"' || replace(replace(p.namespace, '\', '\\'), '"', '\"')
      || '","service_account":"' || replace(replace(p.service_account, '\', '\\'), '"', '\"') || '"}'
  end as candidate,
  p.role_session_name = 'external-secrets-provider-aws'
    or regexp_like(coalesce(p.user_agent, ''), 'secrets-store-csi-driver-provider-aws') as is_delegated
from placed as p
left join caller_sides as s on s.shared_event_id = p.shared_event_id
