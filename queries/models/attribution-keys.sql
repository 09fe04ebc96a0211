-- id: models/attribution-keys
-- grain: one row per judgement, of a caller identity or of a record, with the key of the attribution that says the same
-- uses: judgements, attributions
select
  j.principal_key as principal_key,
  j.record_key as record_key,
  j.twin_principal_key as twin_principal_key,
  j.root_principal_key as root_principal_key,
  j.session_key as session_key,
  j.session_name as session_name,
  a.attribution_key as attribution_key
from judgements as j
join attributions as a
  on coalesce(a.is_final, false) = coalesce(j.is_final, false)
  and coalesce(a.principal_class, '') = coalesce(j.principal_class, '')
  and coalesce(a.is_delegated, false) = coalesce(j.is_delegated, false)
  and coalesce(cast(a.claim_key as varchar), '') = coalesce(cast(j.claim_key as varchar), '')
  and coalesce(a.identity_type, '') = coalesce(j.identity_type, '')
  and coalesce(a.session_issuer_arn, '') = coalesce(j.session_issuer_arn, '')
  and coalesce(a.federated_provider, '') = coalesce(j.federated_provider, '')
  and coalesce(a.invoked_by, '') = coalesce(j.invoked_by, '')
  and coalesce(a.evidence, '') = coalesce(j.evidence, '')
  and coalesce(a.confidence, '') = coalesce(j.confidence, '')
  and coalesce(a.pod, '') = coalesce(j.pod, '')
  and coalesce(a.pod_uid, '') = coalesce(j.pod_uid, '')
  and coalesce(a.mechanism, '') = coalesce(j.mechanism, '')
  and coalesce(a.candidates, '') = coalesce(j.candidates, '')
  and coalesce(a.pod_candidates, '') = coalesce(j.pod_candidates, '')
  and coalesce(a.hops, array['']) = coalesce(j.hops, array[''])
