-- id: models/pod-hints
-- grain: one row per session name of a web identity session that reads like the name of a pod
-- uses: principals, issuances, session_name_patterns
with names as (
  select i.role_session_name as session_name
  from issuances as i
  where i.mechanism = 'irsa'
    and i.role_session_name is not null
  union
  select p.session_name as session_name
  from principals as p
  where p.federated_provider is not null
),
hints as (
  select distinct
    n.session_name as session_name,
    regexp_extract(n.session_name, s.pod_pattern, 1) as pod,
    s.reason as reason
  from names as n
  join session_name_patterns as s
    on s.pod_pattern is not null
    and regexp_like(n.session_name, s.pod_pattern)
    and not regexp_like(n.session_name, coalesce(s.except_pattern, '^$'))
)
select
  h.session_name as session_name,
  '[' || array_join(
    array_agg(
      '{"pod":"' || replace(replace(regexp_replace(h.pod, '[\x00-\x1f]', ''), '\', '\\'), '"', '\"')
      || '","reason":"' || h.reason || '"}'
      order by h.pod, h.reason
    ),
    ','
  ) || ']' as pod_candidates
from hints as h
group by h.session_name
