-- id: models/session-roots
-- grain: one row per issued session that begins a chain: of a workload, of another caller, or of a session not issued in these records
-- uses: issuances, principals, session_links
select
  i.record_key as session_key,
  case
    when i.evidence is not null then 'workload'
    when i.mechanism in ('irsa', 'pod-identity') then 'unnamed'
    when i.mechanism = 'web-identity' then 'web-identity'
    when p.session_issuer_arn is not null then 'session'
    else 'other'
  end as root_kind,
  i.record_key as root_session_key,
  case
    when i.mechanism = 'assumed' and p.session_issuer_arn is not null then i.principal_key
  end as root_principal_key,
  case
    when i.mechanism in ('pod-identity', 'assumed')
      then filter(array[p.session_issuer_arn, i.role_arn], x -> x is not null)
    else filter(array[i.role_arn], x -> x is not null)
  end as hops
from issuances as i
join principals as p on p.principal_key = i.principal_key
where i.is_issued
  and not (
    i.mechanism = 'assumed'
    and exists (select 1 from session_links as l where l.principal_key = i.principal_key)
  )
