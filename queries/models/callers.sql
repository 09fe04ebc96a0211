-- id: models/callers
-- grain: one row per caller identity, as the records write it, with its session and the key of what its calls are attributed to
-- uses: principals, attribution_keys
select
  p.principal_key as principal_key,
  k.attribution_key as attribution_key,
  k.root_principal_key as root_principal_key,
  k.session_key as session_key,
  k.session_name as session_name,
  p.session_issuer_arn as session_issuer_arn,
  p.federated_provider as federated_provider,
  p.arn as arn,
  p.access_key_id as access_key_id,
  p.created_at as created_at
from principals as p
join attribution_keys as k on k.principal_key = p.principal_key
