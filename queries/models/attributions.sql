-- id: models/attributions
-- grain: one row per distinct judgement of callers and records, with the workload that it names; calls point here by its key
-- uses: judged_callers, judged_records, claims
with judgements as (
  select
    c.identity_type as identity_type,
    c.session_issuer_arn as session_issuer_arn,
    c.federated_provider as federated_provider,
    c.invoked_by as invoked_by,
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
  from judged_callers as c
  union
  select
    r.identity_type as identity_type,
    r.session_issuer_arn as session_issuer_arn,
    r.federated_provider as federated_provider,
    r.invoked_by as invoked_by,
    r.is_final as is_final,
    r.principal_class as principal_class,
    r.evidence as evidence,
    r.confidence as confidence,
    r.claim_key as claim_key,
    r.pod as pod,
    r.pod_uid as pod_uid,
    r.mechanism as mechanism,
    r.candidates as candidates,
    r.pod_candidates as pod_candidates,
    r.hops as hops,
    r.is_delegated as is_delegated
  from judged_records as r
)
select
  row_number() over () as attribution_key,
  w.cluster_id as cluster_id,
  w.cluster as cluster,
  w.namespace as namespace,
  w.service_account as service_account,
  j.*
from judgements as j
left join claims as w on w.claim_key = j.claim_key
