-- id: models/calls
-- grain: one row per record, with the workload behind it and the evidence for that
-- uses: records, twins, callers, principals, issuances, inferences, pod_hints
with sourced as (
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
    r.resources as resources,
    p.identity_type as principal_type,
    p.arn as principal_arn,
    p.access_key_id as access_key_id,
    p.federated_provider as federated_provider,
    p.session_issuer_arn as session_issuer_arn,
    p.invoked_by as invoked_by,
    p.created_at as session_created_at,
    own.mechanism as own_mechanism,
    own.evidence as own_evidence,
    own.cluster_id as own_cluster_id,
    own.cluster as own_cluster,
    own.namespace as own_namespace,
    own.service_account as own_service_account,
    own.pod as own_pod,
    own.pod_uid as own_pod_uid,
    own.role_arn as own_role_arn,
    own.provider as own_provider,
    own.caller_role_arn as own_caller_role_arn,
    own.is_delegated as own_is_delegated,
    hint.pod_candidates as own_pod_candidates,
    c.principal_class as caller_class,
    c.evidence as caller_evidence,
    c.confidence as caller_confidence,
    c.session_key as session_key,
    c.session_name as session_name,
    c.cluster_id as caller_cluster_id,
    c.cluster as caller_cluster,
    c.namespace as caller_namespace,
    c.service_account as caller_service_account,
    c.pod as caller_pod,
    c.pod_uid as caller_pod_uid,
    c.mechanism as caller_mechanism,
    c.candidates as caller_candidates,
    c.hops as caller_hops,
    c.pod_candidates as caller_pod_candidates,
    c.is_delegated as caller_is_delegated,
    i.evidence as inferred_evidence,
    i.confidence as inferred_confidence,
    i.cluster_id as inferred_cluster_id,
    i.cluster as inferred_cluster,
    i.namespace as inferred_namespace,
    i.service_account as inferred_service_account,
    i.mechanism as inferred_mechanism,
    i.candidates as inferred_candidates,
    i.is_workload as inferred_is_workload,
    case
      when own.evidence is not null then 'own'
      when own.mechanism = 'irsa' and own.provider is not null then 'own-provider'
      when own.mechanism in ('irsa', 'pod-identity', 'web-identity') then 'own-nameless'
      when c.confidence is not null then 'caller'
      when i.confidence is not null then 'inferred'
    end as ground
  from records as r
  left join twins as t on t.record_key = r.record_key
  left join principals as p on p.principal_key = r.principal_key
  left join callers as c on c.principal_key = coalesce(t.caller_principal_key, r.principal_key)
  left join inferences as i on i.principal_key = c.root_principal_key
  left join issuances as own on own.record_key = r.record_key
  left join pod_hints as hint on hint.session_name = own.role_session_name
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
  s.source_ip_address as source_ip_address,
  case
    when s.ground in ('own', 'own-provider', 'caller', 'inferred') or s.inferred_is_workload then 'workload'
    when s.own_mechanism in ('irsa', 'pod-identity') then 'workload'
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
  case s.ground
    when 'own' then s.own_cluster_id
    when 'own-provider' then s.own_cluster_id
    when 'caller' then s.caller_cluster_id
    when 'inferred' then s.inferred_cluster_id
  end as workload_cluster_id,
  case s.ground
    when 'own' then s.own_cluster
    when 'own-provider' then s.own_cluster
    when 'caller' then s.caller_cluster
    when 'inferred' then s.inferred_cluster
  end as workload_cluster,
  case s.ground
    when 'own' then s.own_namespace
    when 'caller' then s.caller_namespace
    when 'inferred' then s.inferred_namespace
  end as workload_namespace,
  case s.ground
    when 'own' then s.own_service_account
    when 'caller' then s.caller_service_account
    when 'inferred' then s.inferred_service_account
  end as workload_service_account,
  case s.ground
    when 'own' then s.own_pod
    when 'caller' then s.caller_pod
  end as workload_pod,
  case s.ground
    when 'own' then s.own_pod_uid
    when 'caller' then s.caller_pod_uid
  end as workload_pod_uid,
  case s.ground
    when 'own' then s.own_mechanism
    when 'own-provider' then s.own_mechanism
    when 'caller' then s.caller_mechanism
    when 'inferred' then s.inferred_mechanism
  end as workload_mechanism,
  case s.ground
    when 'own' then s.own_evidence
    when 'own-provider' then 'provider'
    when 'caller' then s.caller_evidence
    when 'inferred' then coalesce(s.caller_evidence, s.inferred_evidence)
  end as evidence,
  case s.ground
    when 'own' then 'exact'
    when 'own-provider' then 'inferred'
    when 'caller' then s.caller_confidence
    when 'inferred' then s.inferred_confidence
    else 'unknown'
  end as confidence,
  case s.ground
    when 'caller' then s.caller_candidates
    when 'inferred' then s.inferred_candidates
  end as candidates,
  case
    when s.ground in ('own', 'own-provider') and s.own_mechanism = 'irsa' then s.own_pod_candidates
    when s.ground in ('caller', 'inferred') then s.caller_pod_candidates
  end as pod_candidates,
  case
    when s.ground in ('own', 'own-provider') and s.own_mechanism = 'pod-identity'
      then filter(array[s.own_caller_role_arn, s.own_role_arn], x -> x is not null)
    when s.ground in ('own', 'own-provider') then filter(array[s.own_role_arn], x -> x is not null)
    when s.ground in ('caller', 'inferred') then s.caller_hops
  end as hops,
  case
    when s.ground in ('own', 'own-provider') then s.own_is_delegated
    when s.ground in ('caller', 'inferred') then s.caller_is_delegated
    else false
  end as is_delegated,
  s.resources as resources
from sourced as s
