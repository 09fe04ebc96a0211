-- id: models/calls
-- grain: one row per record, with the workload behind it and the evidence for that
-- uses: records, twins, callers, principals, issuances, claims, inferences, pod_hints
with own_issuances as (
  select
    i.*,
    hint.pod_candidates as pod_candidates
  from issuances as i
  left join pod_hints as hint on hint.session_name = i.role_session_name
),
sourced as (
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
    r.source_ip_address as source_ip_address,
    r.shared_event_id as shared_event_id,
    r.event_category as event_category,
    r.resources as resources,
    p.identity_type as principal_type,
    p.arn as principal_arn,
    p.access_key_id as access_key_id,
    p.federated_provider as federated_provider,
    p.session_issuer_arn as session_issuer_arn,
    p.invoked_by as invoked_by,
    p.created_at as session_created_at,
    own.claim_key as own_claim_key,
    own.mechanism as own_mechanism,
    own.evidence as own_evidence,
    own.pod as own_pod,
    own.pod_uid as own_pod_uid,
    own.role_arn as own_role_arn,
    own.pod_candidates as own_pod_candidates,
    own.is_delegated as own_is_delegated,
    c.principal_class as caller_class,
    c.evidence as caller_evidence,
    c.confidence as caller_confidence,
    c.session_key as session_key,
    c.session_name as session_name,
    c.session_issuer_arn as caller_role_arn,
    c.claim_key as caller_claim_key,
    c.pod as caller_pod,
    c.pod_uid as caller_pod_uid,
    c.mechanism as caller_mechanism,
    c.candidates as caller_candidates,
    c.hops as caller_hops,
    c.pod_candidates as caller_pod_candidates,
    c.is_delegated as caller_is_delegated,
    i.evidence as inferred_evidence,
    i.confidence as inferred_confidence,
    i.claim_key as inferred_claim_key,
    i.mechanism as inferred_mechanism,
    i.candidates as inferred_candidates,
    i.is_workload as inferred_is_workload,
    case
      when own.evidence is not null then 'own'
      when own.mechanism = 'irsa' then 'own-irsa'
      when own.mechanism in ('pod-identity', 'web-identity') then 'nameless'
      when c.confidence is not null then 'caller'
      when i.confidence is not null then 'inferred'
    end as ground
  from records as r
  left join twins as t on t.record_key = r.record_key
  join principals as p on p.principal_key = r.principal_key
  join callers as c on c.principal_key = coalesce(t.caller_principal_key, r.principal_key)
  left join inferences as i on i.principal_key = c.root_principal_key
  left join own_issuances as own on own.record_key = r.record_key
)
select
  s.record_key as record_key,
  s.event_time as event_time,
  s.event_id as event_id,
  s.event_source as event_source,
  s.event_name as event_name,
  s.aws_region as aws_region,
  s.recipient_account_id as recipient_account_id,
  s.error_code as error_code,
  s.error_message as error_message,
  -- Services spell a refusal in many ways. NotAuthorizedException is none: Cognito says it of a user's wrong password.
  coalesce(regexp_like(s.error_code, 'AccessDenied|AuthorizationError|Forbidden|NotAuthorized$|Unauthorized(Operation|Access|Exception)?$'), false) as is_denied,
  s.source_ip_address as source_ip_address,
  s.shared_event_id as shared_event_id,
  s.event_category as event_category,
  case
    when s.ground in ('own', 'own-irsa', 'caller', 'inferred') or s.inferred_is_workload then 'workload'
    when s.own_mechanism = 'pod-identity' then 'workload'
    when s.own_mechanism = 'web-identity' then 'other'
    else s.caller_class
  end as principal_class,
  s.principal_type as principal_type,
  s.principal_arn as principal_arn,
  s.access_key_id as access_key_id,
  s.session_issuer_arn as session_issuer_arn,
  s.own_role_arn as assumed_role_arn,
  s.federated_provider as federated_provider,
  s.invoked_by as invoked_by,
  s.session_created_at as session_created_at,
  s.session_key as session_key,
  s.session_name as session_name,
  w.cluster_id as workload_cluster_id,
  w.cluster as workload_cluster,
  w.namespace as workload_namespace,
  w.service_account as workload_service_account,
  case s.ground
    when 'own' then s.own_pod
    when 'caller' then s.caller_pod
  end as workload_pod,
  case s.ground
    when 'own' then s.own_pod_uid
    when 'caller' then s.caller_pod_uid
  end as workload_pod_uid,
  case
    when s.ground = 'own' or (s.ground = 'own-irsa' and w.provider is not null) then s.own_mechanism
    when s.ground = 'caller' then s.caller_mechanism
    when s.ground = 'inferred' then s.inferred_mechanism
  end as workload_mechanism,
  case
    when s.ground = 'own' then s.own_evidence
    when s.ground = 'own-irsa' and w.provider is not null then 'provider'
    when s.ground = 'caller' then s.caller_evidence
    when s.ground = 'inferred' then coalesce(s.caller_evidence, s.inferred_evidence)
  end as evidence,
  case
    when s.ground = 'own' then 'exact'
    when s.ground = 'own-irsa' and w.provider is not null then 'inferred'
    when s.ground = 'caller' then s.caller_confidence
    when s.ground = 'inferred' then s.inferred_confidence
    else 'unknown'
  end as confidence,
  case s.ground
    when 'caller' then s.caller_candidates
    when 'inferred' then s.inferred_candidates
  end as candidates,
  case
    when s.own_mechanism = 'irsa' and (s.ground = 'own' or w.provider is not null) then s.own_pod_candidates
    when s.ground in ('caller', 'inferred') then s.caller_pod_candidates
  end as pod_candidates,
  case
    when s.ground = 'own' and s.own_mechanism = 'pod-identity' then filter(array[s.session_issuer_arn, s.own_role_arn], x -> x is not null)
    when s.ground = 'own' or (s.ground = 'own-irsa' and w.provider is not null) then filter(array[s.own_role_arn], x -> x is not null)
    when s.ground in ('caller', 'inferred') then coalesce(s.caller_hops, filter(array[s.caller_role_arn], x -> x is not null))
  end as hops,
  case
    when s.ground = 'own' or (s.ground = 'own-irsa' and w.provider is not null) then s.own_is_delegated
    when s.ground in ('caller', 'inferred') then s.caller_is_delegated
    else false
  end as is_delegated,
  s.resources as resources
from sourced as s
left join claims as w
  on w.claim_key = case
    when s.ground in ('own', 'own-irsa') then s.own_claim_key
    when s.ground = 'caller' then s.caller_claim_key
    when s.ground = 'inferred' then s.inferred_claim_key
  end
