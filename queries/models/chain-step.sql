-- id: models/chain-step
-- grain: one row per session and root that is one role assumption further than the last step's rows
-- uses: frontier, session_roots, session_links, issuances
select
  i.record_key as session_key,
  f.root_kind as root_kind,
  f.root_session_key as root_session_key,
  f.root_principal_key as root_principal_key,
  case when count(distinct array_join(f.hops, ' ')) = 1 and count_if(f.hops is null) = 0 then min(f.hops) || array[i.role_arn] end as hops
from frontier as f
join session_links as l on l.session_key = f.session_key
join issuances as i
  on i.principal_key = l.principal_key
  and i.mechanism = 'assumed'
  and i.is_issued
where not exists (
  select 1
  from session_roots as known
  where known.session_key = i.record_key
    and known.root_session_key = f.root_session_key
)
group by
  i.record_key,
  f.root_kind,
  f.root_session_key,
  f.root_principal_key,
  i.role_arn
