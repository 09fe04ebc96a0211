-- id: models/judged-twins
-- grain: one row per record, but for what judged-assumptions has, whose caller its twin names
-- uses: issuances, principals, twins, records, judgements
select
  cast(null as bigint) as principal_key,
  t.record_key as record_key,
  t.caller_principal_key as twin_principal_key,
  c.root_principal_key as root_principal_key,
  cast(null as bigint) as session_key,
  cast(null as varchar) as session_name,
  p.identity_type as identity_type,
  p.session_issuer_arn as session_issuer_arn,
  p.federated_provider as federated_provider,
  p.invoked_by as invoked_by,
  c.is_final as is_final,
  c.principal_class as principal_class,
  c.evidence as evidence,
  c.confidence as confidence,
  c.claim_key as claim_key,
  c.pod as pod,
  c.pod_uid as pod_uid,
  c.mechanism as mechanism,
  c.candidates as candidates,
  c.pod_candidates as pod_candidates,
  c.hops as hops,
  c.is_delegated as is_delegated
from twins as t
join records as r on r.record_key = t.record_key
join principals as p on p.principal_key = r.principal_key
join judgements as c on c.principal_key = t.caller_principal_key
where not exists (
  select 1
  from issuances as i
  where i.record_key = t.record_key
    and (i.evidence is not null or i.mechanism in ('irsa', 'pod-identity', 'web-identity'))
)
