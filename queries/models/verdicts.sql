-- id: models/verdicts
-- grain: one row per caller identity whose session was issued in these records, with what its issuances prove together
-- uses: session_links, session_roots, issuances, claims
with shared as (
  select l.principal_key as principal_key
  from session_links as l
  left join session_roots as r on r.session_key = l.session_key
  group by l.principal_key
  having count(*) > 1
),
linked as (
  select
    l.principal_key as principal_key,
    s.principal_key is not null as is_shared,
    l.session_key as session_key,
    l.rung as rung,
    r.root_kind as root_kind,
    case when r.root_kind = 'session' then r.root_principal_key end as root_principal_key,
    r.hops as hops,
    case when r.root_kind is not null then coalesce(cardinality(r.hops) > 1, true) end as is_chained,
    case when root.evidence is not null then root.claim_key end as claim_key,
    root.pod as pod,
    root.pod_uid as pod_uid,
    root.mechanism as mechanism,
    root.role_session_name as session_name,
    root.is_delegated as is_delegated,
    coalesce(root.is_from_person, false) as is_from_person
  from session_links as l
  left join shared as s on s.principal_key = l.principal_key
  left join session_roots as r on r.session_key = l.session_key
  left join issuances as root on root.record_key = r.root_session_key
)
select
  l.principal_key as principal_key,
  l.rung as rung,
  l.session_key as session_key,
  case when l.claim_key is null then 0 else 1 end as subjects,
  case when l.claim_key is null then 1 else 0 end as nameless,
  l.root_kind = 'unnamed' as is_unnamed,
  l.root_principal_key as root_principal_key,
  l.claim_key as claim_key,
  l.mechanism as mechanism,
  l.pod as pod,
  l.pod_uid as pod_uid,
  cast(null as varchar) as pod_candidates,
  l.session_name as session_name,
  l.hops as hops,
  l.is_chained as is_chained,
  cast(null as varchar) as candidates,
  l.is_delegated as is_delegated,
  l.is_from_person as is_from_person
from linked as l
where not l.is_shared
union all
select
  l.principal_key as principal_key,
  min(l.rung) as rung,
  case when count(distinct l.session_key) = 1 then min(l.session_key) end as session_key,
  count(distinct c.candidate) as subjects,
  count_if(l.claim_key is null) as nameless,
  bool_or(coalesce(l.root_kind = 'unnamed', false)) as is_unnamed,
  case
    when count(distinct l.root_principal_key) = 1 and count_if(l.root_principal_key is null) = 0 then min(l.root_principal_key)
  end as root_principal_key,
  min(l.claim_key) as claim_key,
  case
    when count(distinct case when l.claim_key is not null then l.mechanism end) = 1
      then min(case when l.claim_key is not null then l.mechanism end)
  end as mechanism,
  case when count(distinct l.pod) = 1 and count_if(l.pod is null) = 0 then min(l.pod) end as pod,
  case when count(distinct l.pod_uid) = 1 and count_if(l.pod_uid is null) = 0 then min(l.pod_uid) end as pod_uid,
  case
    when count(distinct l.pod) > 1 then
      '[{"pod":"' || array_join(
        array_agg(distinct replace(replace(l.pod, '\', '\\'), '"', '\"') order by replace(replace(l.pod, '\', '\\'), '"', '\"')) filter (where l.pod is not null),
        '","reason":"one of the sessions that began in this second"},{"pod":"'
      ) || '","reason":"one of the sessions that began in this second"}]'
  end as pod_candidates,
  case when count(distinct l.session_name) = 1 then min(l.session_name) end as session_name,
  case when count(distinct array_join(l.hops, ' ')) = 1 and count_if(l.hops is null and l.root_kind is not null) = 0 then min(l.hops) end as hops,
  bool_and(l.is_chained) as is_chained,
  array_join(array_agg(distinct c.candidate order by c.candidate) filter (where c.candidate is not null), ',') as candidates,
  bool_or(l.is_delegated) as is_delegated,
  bool_and(l.is_from_person) as is_from_person
from linked as l
left join claims as c on c.claim_key = l.claim_key
where l.is_shared
group by l.principal_key
