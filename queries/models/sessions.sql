-- id: models/sessions
-- grain: one row per issued session, with the workload that began its chain
-- uses: issuances, assumptions, callers, attributions, claims
select
  i.record_key as session_key,
  a.issued_key_id as access_key_id,
  i.event_time as issued_at,
  a.expires_at as expires_at,
  case
    when i.mechanism <> 'assumed' then i.mechanism
    when b.confidence is not null then b.mechanism
    else 'assumed'
  end as mechanism,
  w.cluster_id as workload_cluster_id,
  w.cluster as workload_cluster,
  w.namespace as workload_namespace,
  w.service_account as workload_service_account,
  case when i.evidence is not null then i.pod else b.pod end as workload_pod,
  case when i.evidence is not null then i.pod_uid else b.pod_uid end as workload_pod_uid,
  i.role_arn as role_arn,
  a.role_session_name as role_session_name,
  a.assumed_role_id as assumed_role_id,
  c.access_key_id as parent_access_key_id,
  case
    when i.mechanism = 'assumed' and c.session_issuer_arn is not null then b.hops || array[i.role_arn]
    else filter(array[i.role_arn], x -> x is not null)
  end as hops,
  coalesce(i.is_delegated, false) as is_delegated,
  a.source_ip_address as source_ip_address,
  a.user_agent as user_agent,
  a.recipient_account_id as recipient_account_id,
  a.aws_region as aws_region,
  a.event_id as event_id,
  a.event_name as event_name,
  case when i.evidence is not null then i.evidence when i.mechanism = 'assumed' and b.confidence is not null then 'chained' end as evidence,
  case when i.evidence is not null then 'exact' when i.mechanism = 'assumed' then b.confidence end as confidence
from issuances as i
join assumptions as a on a.record_key = i.record_key
join callers as c on c.principal_key = i.principal_key
join attributions as b on b.attribution_key = c.attribution_key
left join claims as w on w.claim_key = case when i.evidence is not null then i.claim_key else b.claim_key end
where i.is_session
