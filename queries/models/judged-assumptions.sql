-- id: models/judged-assumptions
-- grain: one row per attempt to assume a role that says itself whose it is
-- uses: issuances, principals, claims, pod_hints, twins
with own as (
  select
    i.*,
    i.evidence is not null or (i.mechanism = 'irsa' and c.provider is not null) as is_named,
    p.identity_type as identity_type,
    p.session_issuer_arn as session_issuer_arn,
    p.federated_provider as federated_provider,
    p.invoked_by as invoked_by,
    hint.pod_candidates as pod_candidates
  from issuances as i
  join principals as p on p.principal_key = i.principal_key
  join claims as c on c.claim_key = i.claim_key
  left join pod_hints as hint on hint.session_name = i.role_session_name
  where i.evidence is not null
    or i.mechanism in ('irsa', 'pod-identity', 'web-identity')
)
select
  cast(null as bigint) as principal_key,
  o.record_key as record_key,
  t.caller_principal_key as twin_principal_key,
  cast(null as integer) as root_principal_key,
  cast(null as bigint) as session_key,
  cast(null as varchar) as session_name,
  o.identity_type as identity_type,
  o.session_issuer_arn as session_issuer_arn,
  o.federated_provider as federated_provider,
  o.invoked_by as invoked_by,
  true as is_final,
  case when o.evidence is null and o.mechanism = 'web-identity' then 'other' else 'workload' end as principal_class,
  case when o.is_named then coalesce(o.evidence, 'provider') end as evidence,
  case when o.evidence is not null then 'exact' when o.is_named then 'inferred' end as confidence,
  case when o.evidence is not null or o.mechanism = 'irsa' then o.claim_key end as claim_key,
  case when o.evidence is not null then o.pod end as pod,
  case when o.evidence is not null then o.pod_uid end as pod_uid,
  case when o.mechanism in ('irsa', 'pod-identity') then o.mechanism end as mechanism,
  cast(null as varchar) as candidates,
  case when o.is_named and o.mechanism = 'irsa' then o.pod_candidates end as pod_candidates,
  case
    when o.is_named and o.mechanism = 'pod-identity' then filter(array[o.session_issuer_arn, o.role_arn], x -> x is not null)
    when o.is_named then filter(array[o.role_arn], x -> x is not null)
  end as hops,
  o.is_named and coalesce(o.is_delegated, false) as is_delegated
from own as o
left join twins as t on t.record_key = o.record_key
