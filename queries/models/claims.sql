-- id: models/claims
-- grain: one row per distinct thing said of a workload, with the workload that it names; providers that only sessions name stand here too
-- uses: assumption_claims, principals, clusters, snapshot_roles
with told as (
  select
    a.record_key as claim_key,
    a.kind as kind,
    a.provider as provider,
    a.user_name as user_name,
    a.token_subject as token_subject,
    a.tag_cluster_arn as tag_cluster_arn,
    a.tag_cluster_name as tag_cluster_name,
    a.tag_namespace as tag_namespace,
    a.tag_service_account as tag_service_account
  from assumption_claims as a
  union all
  select
    -1000000000000 - row_number() over (order by r.role_arn, r.provider, r.cluster_id, r.namespace, r.service_account) as claim_key,
    case when r.evidence = 'trust-policy' then 'web-identity' else 'pod-identity' end as kind,
    r.provider as provider,
    case when r.evidence = 'trust-policy' then 'system:serviceaccount:' || r.namespace || ':' || r.service_account end as user_name,
    null as token_subject,
    case when r.evidence = 'association' then r.cluster_id end as tag_cluster_arn,
    case when r.evidence = 'association' then r.cluster end as tag_cluster_name,
    case when r.evidence = 'association' then r.namespace end as tag_namespace,
    case when r.evidence = 'association' then r.service_account end as tag_service_account
  from snapshot_roles as r
),
said as (
  select
    coalesce(min(case when a.claim_key >= 0 then a.claim_key end), min(a.claim_key)) as claim_key,
    a.kind as kind,
    a.provider as provider,
    a.user_name as user_name,
    a.token_subject as token_subject,
    a.tag_cluster_arn as tag_cluster_arn,
    a.tag_cluster_name as tag_cluster_name,
    a.tag_namespace as tag_namespace,
    a.tag_service_account as tag_service_account
  from told as a
  group by
    a.kind,
    a.provider,
    a.user_name,
    a.token_subject,
    a.tag_cluster_arn,
    a.tag_cluster_name,
    a.tag_namespace,
    a.tag_service_account
  union all
  select
    -min(p.principal_key) as claim_key,
    'provider' as kind,
    p.federated_provider as provider,
    null as user_name,
    null as token_subject,
    null as tag_cluster_arn,
    null as tag_cluster_name,
    null as tag_namespace,
    null as tag_service_account
  from principals as p
  where p.federated_provider is not null
  group by p.federated_provider
),
subjects as (
  select
    s.*,
    case
      when regexp_like(s.user_name, '^system:serviceaccount:[a-z0-9]([-a-z0-9]*[a-z0-9])?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?$') then s.user_name
    end as named_subject,
    case
      when regexp_like(s.token_subject, '^system:serviceaccount:[a-z0-9]([-a-z0-9]*[a-z0-9])?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?$') then s.token_subject
    end as bearer_subject
  from said as s
),
placed as (
  select
    s.*,
    case
      when s.kind = 'web-identity' and (s.named_subject is not null or s.bearer_subject is not null) then 'irsa'
      else s.kind
    end as mechanism,
    case
      when s.kind = 'pod-identity' then s.tag_cluster_arn
      when s.kind <> 'assumed' then coalesce(c.cluster_id, s.provider)
    end as cluster_id,
    case
      when s.kind = 'pod-identity' then coalesce(s.tag_cluster_name, regexp_extract(s.tag_cluster_arn, ':cluster/(.+)$', 1))
      when s.kind <> 'assumed' then coalesce(c.cluster, regexp_extract(s.provider, ':oidc-provider/(.+)$', 1))
    end as cluster,
    case
      when s.kind = 'web-identity' and s.named_subject <> s.bearer_subject then null
      when s.kind = 'web-identity' then split_part(coalesce(s.named_subject, s.bearer_subject), ':', 3)
      when s.kind = 'pod-identity' and s.tag_service_account is not null then s.tag_namespace
    end as namespace,
    case
      when s.kind = 'web-identity' and s.named_subject <> s.bearer_subject then null
      when s.kind = 'web-identity' then split_part(coalesce(s.named_subject, s.bearer_subject), ':', 4)
      when s.kind = 'pod-identity' and s.tag_namespace is not null then s.tag_service_account
    end as service_account
  from subjects as s
  left join clusters as c on c.issuer = regexp_extract(s.provider, ':oidc-provider/(.+)$', 1)
)
select
  p.claim_key as claim_key,
  p.kind as kind,
  p.provider as provider,
  p.user_name as user_name,
  p.token_subject as token_subject,
  p.tag_cluster_arn as tag_cluster_arn,
  p.tag_cluster_name as tag_cluster_name,
  p.tag_namespace as tag_namespace,
  p.tag_service_account as tag_service_account,
  p.mechanism as mechanism,
  case
    when p.namespace is null then null
    when p.kind = 'pod-identity' then 'session-tags'
    else 'own-token'
  end as evidence,
  p.cluster_id as cluster_id,
  p.cluster as cluster,
  p.namespace as namespace,
  p.service_account as service_account,
  case
    when p.namespace is not null then
      '{"cluster_id":' || coalesce('"' || replace(replace(p.cluster_id, '\', '\\'), '"', '\"') || '"', 'null')
      || ',"cluster":' || coalesce('"' || replace(replace(p.cluster, '\', '\\'), '"', '\"') || '"', 'null')
      || ',"namespace":"' || replace(replace(p.namespace, '\', '\\'), '"', '\"')
      || '","service_account":"' || replace(replace(p.service_account, '\', '\\'), '"', '\"') || '"}'
  end as candidate
from placed as p
