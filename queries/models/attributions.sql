-- id: models/attributions
-- grain: one row per distinct judgement, with the workload that it names; calls point here by its key
-- uses: judgements, claims
with outcomes as (
  select distinct
    j.identity_type as identity_type,
    j.session_issuer_arn as session_issuer_arn,
    j.federated_provider as federated_provider,
    j.invoked_by as invoked_by,
    j.is_final as is_final,
    j.principal_class as principal_class,
    j.evidence as evidence,
    j.confidence as confidence,
    j.claim_key as claim_key,
    j.pod as pod,
    j.pod_uid as pod_uid,
    j.mechanism as mechanism,
    j.candidates as candidates,
    j.pod_candidates as pod_candidates,
    j.hops as hops,
    j.is_delegated as is_delegated
  from judgements as j
)
select
  cast(row_number() over () as integer) as attribution_key,
  w.cluster_id as cluster_id,
  w.cluster as cluster,
  w.namespace as namespace,
  w.service_account as service_account,
  o.*
from outcomes as o
left join claims as w on w.claim_key = o.claim_key
