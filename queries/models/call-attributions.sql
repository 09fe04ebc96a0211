-- id: models/call-attributions
-- grain: one row per record, with the workload behind it and the evidence for that
-- uses: records, attributions, inferences
select
  r.record_key as record_key,
  r.event_time as event_time,
  r.event_id as event_id,
  r.event_source as event_source,
  r.event_name as event_name,
  r.aws_region as aws_region,
  r.recipient_account_id as recipient_account_id,
  r.error_code as error_code,
  r.error_message as error_message,
  -- Services spell a refusal in many ways. NotAuthorizedException is none: Cognito says it of a user's wrong password.
  coalesce(regexp_like(r.error_code, 'AccessDenied|AuthorizationError|Forbidden|NotAuthorized$|Unauthorized(Operation|Access|Exception)?$'), false) as is_denied,
  r.source_ip_address as source_ip_address,
  r.shared_event_id as shared_event_id,
  r.event_category as event_category,
  case when a.confidence is null and i.is_workload then 'workload' else a.principal_class end as principal_class,
  a.identity_type as principal_type,
  a.session_issuer_arn as session_issuer_arn,
  r.assumed_role_arn as assumed_role_arn,
  a.federated_provider as federated_provider,
  a.invoked_by as invoked_by,
  case when a.is_final then a.cluster_id else i.cluster_id end as workload_cluster_id,
  case when a.is_final then a.cluster else i.cluster end as workload_cluster,
  case when a.is_final then a.namespace else i.namespace end as workload_namespace,
  case when a.is_final then a.service_account else i.service_account end as workload_service_account,
  a.pod as workload_pod,
  a.pod_uid as workload_pod_uid,
  case when a.confidence is not null then a.mechanism else i.mechanism end as workload_mechanism,
  -- Known of sessions too that are nobody's, such as those of Pod Identity without tags.
  coalesce(i.mechanism, a.mechanism) as session_mechanism,
  case when a.is_final then a.evidence when i.confidence is not null then coalesce(a.evidence, i.evidence) end as evidence,
  coalesce(case when a.is_final then a.confidence else i.confidence end, 'unknown') as confidence,
  case when a.is_final then a.candidates else i.candidates end as candidates,
  case when a.is_final or i.confidence is not null then a.pod_candidates end as pod_candidates,
  case when a.is_final or i.confidence is not null then a.hops end as hops,
  (a.is_final or i.confidence is not null) and a.is_delegated as is_delegated,
  r.resources as resources,
  r.delivery_key as delivery_key,
  r.principal_key as principal_key,
  r.twin_principal_key as twin_principal_key
from records as r
join attributions as a on a.attribution_key = r.attribution_key
left join inferences as i on i.principal_key = r.root_principal_key
