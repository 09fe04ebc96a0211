-- id: models/judgements
-- grain: one row per caller identity, as its session's issuance proves it; judged-assumptions and -twins add records judged otherwise
-- uses: principals, bucket_sessions, verdicts, pod_hints
with placed as (
  select
    p.principal_key as principal_key,
    coalesce(b.holder_key, p.principal_key) as holder_key,
    p.identity_type as identity_type,
    coalesce(p.session_issuer_arn, b.session_issuer_arn) as session_issuer_arn,
    coalesce(p.federated_provider, b.federated_provider) as federated_provider,
    coalesce(p.ec2_role_delivery, b.ec2_role_delivery) as ec2_role_delivery,
    p.invoked_by as invoked_by,
    p.session_name as session_name
  from principals as p
  left join bucket_sessions as b on b.principal_key = p.principal_key
),
named as (
  select
    p.principal_key as principal_key,
    p.holder_key as holder_key,
    p.identity_type as identity_type,
    p.session_issuer_arn as session_issuer_arn,
    p.federated_provider as federated_provider,
    p.ec2_role_delivery as ec2_role_delivery,
    p.invoked_by as invoked_by,
    p.session_name as own_session_name,
    v.principal_key is not null as is_linked,
    v.rung as rung,
    v.session_key as session_key,
    v.subjects as subjects,
    v.candidates as candidates,
    v.claim_key as claim_key,
    v.mechanism as mechanism,
    v.pod as pod,
    v.pod_uid as pod_uid,
    v.pod_candidates as pod_candidates,
    v.session_name as root_session_name,
    v.is_delegated as is_delegated,
    v.is_chained as is_chained,
    v.is_from_person as is_from_person,
    coalesce(v.is_unnamed, false) as is_unnamed,
    case
      when v.subjects = 1 and v.nameless = 0 then 'exact'
      when v.subjects >= 1 then 'ambiguous'
    end as confidence,
    case
      when v.principal_key is null and p.session_issuer_arn is not null then p.holder_key
      when v.subjects = 0 and v.root_principal_key is null and v.mechanism = 'pod-identity' and not v.is_chained then p.holder_key
      when v.subjects = 0 then v.root_principal_key
    end as root_principal_key,
    v.hops as hops
  from placed as p
  left join verdicts as v on v.principal_key = p.holder_key
),
hinted as (
  select
    n.*,
    case
      when n.confidence is not null then n.root_session_name
      when n.root_principal_key = n.holder_key then n.own_session_name
    end as workload_session_name
  from named as n
)
select
  h.principal_key as principal_key,
  cast(null as bigint) as record_key,
  cast(null as bigint) as twin_principal_key,
  h.root_principal_key as root_principal_key,
  h.session_key as session_key,
  h.own_session_name as session_name,
  h.identity_type as identity_type,
  h.session_issuer_arn as session_issuer_arn,
  h.federated_provider as federated_provider,
  h.invoked_by as invoked_by,
  h.confidence is not null as is_final,
  case
    when h.confidence is not null or h.is_unnamed then 'workload'
    when h.identity_type in ('IAMUser', 'Root', 'IdentityCenterUser', 'SAMLUser', 'FederatedUser') then 'person'
    when h.identity_type = 'AWSService' then 'service'
    when h.identity_type = 'AWSAccount' then 'account'
    when h.session_issuer_arn is null then 'other'
    when h.session_issuer_arn like '%:role/aws-service-role/%' then 'service'
    when h.session_issuer_arn like '%/AWSReservedSSO#_%' escape '#' then 'person'
    when h.federated_provider is not null then 'other'
    when h.is_from_person then 'person'
    when regexp_like(coalesce(h.own_session_name, ''), '^i-[0-9a-f]{8,17}$')
      and (h.ec2_role_delivery is not null or not h.is_linked) then 'node'
    else 'role'
  end as principal_class,
  case
    when h.rung = 'issued-key' and h.is_chained then 'chained'
    when coalesce(h.root_principal_key <> h.holder_key, true) then h.rung
  end as evidence,
  h.confidence as confidence,
  case when h.confidence = 'exact' then h.claim_key end as claim_key,
  case when h.confidence = 'exact' then h.pod end as pod,
  case when h.confidence = 'exact' then h.pod_uid end as pod_uid,
  case when h.mechanism in ('irsa', 'pod-identity') then h.mechanism end as mechanism,
  case when h.confidence = 'ambiguous' then '[' || h.candidates || ']' end as candidates,
  case
    when h.confidence is not null and h.pod_candidates is not null then h.pod_candidates
    when h.mechanism = 'irsa' or h.federated_provider is not null then hint.pod_candidates
  end as pod_candidates,
  coalesce(h.hops, filter(array[h.session_issuer_arn], x -> x is not null)) as hops,
  coalesce(h.is_delegated, h.own_session_name = 'external-secrets-provider-aws' and h.federated_provider is not null, false) as is_delegated
from hinted as h
left join pod_hints as hint on hint.session_name = h.workload_session_name
