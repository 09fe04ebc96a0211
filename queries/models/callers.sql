-- id: models/callers
-- grain: one row per caller identity, as the records write it, with its session and the key of what its calls are attributed to
-- uses: principals, judged_callers, attributions
select
  j.principal_key as principal_key,
  a.attribution_key as attribution_key,
  j.root_principal_key as root_principal_key,
  j.session_key as session_key,
  j.session_name as session_name,
  j.session_issuer_arn as session_issuer_arn,
  j.federated_provider as federated_provider,
  p.arn as arn,
  p.access_key_id as access_key_id,
  p.created_at as created_at
from judged_callers as j
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
join principals as p on p.principal_key = j.principal_key
