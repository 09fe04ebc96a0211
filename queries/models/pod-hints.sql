-- id: models/pod-hints
-- grain: one row per session name of a web identity session that reads like the name of a pod
-- uses: name_readings
with read_by_configured as (
  select distinct n.session_name as session_name
  from name_readings as n
  where n.is_configured
),
hints as (
  select distinct
    n.session_name as session_name,
    n.pod as pod,
    n.reason as reason
  from name_readings as n
  left join read_by_configured as c on c.session_name = n.session_name
  -- What a configured pattern reads is not also read whole as a pod's name.
  where n.pod is not null
    and (n.is_configured or c.session_name is null)
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
