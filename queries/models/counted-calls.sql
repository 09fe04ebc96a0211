-- id: models/counted-calls
-- grain: one row per call, or for several that are alike: whose, what, on what, how many and when
-- uses: call_attributions
select
  c.record_key as record_key,
  c.event_source as event_source,
  c.event_name as event_name,
  c.recipient_account_id as recipient_account_id,
  c.error_code as error_code,
  c.is_denied as is_denied,
  c.shared_event_id as shared_event_id,
  c.principal_class as principal_class,
  c.principal_type as principal_type,
  c.session_issuer_arn as session_issuer_arn,
  c.assumed_role_arn as assumed_role_arn,
  c.invoked_by as invoked_by,
  c.workload_cluster_id as workload_cluster_id,
  c.workload_cluster as workload_cluster,
  c.workload_namespace as workload_namespace,
  c.workload_service_account as workload_service_account,
  c.session_mechanism as session_mechanism,
  c.evidence as evidence,
  c.confidence as confidence,
  c.candidates as candidates,
  c.hops as hops,
  c.resources as resources,
  cast(1 as bigint) as calls,
  c.event_time as first_time,
  c.event_time as last_time
from call_attributions as c
