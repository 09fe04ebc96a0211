-- id: models/name-readings
-- grain: one row per session name that one pattern reads; a pattern is bound, since engines compile a column's patterns row by row
-- uses: session_names
-- bind: namespace_pattern, service_account_pattern, pod_pattern, reason, except_pattern, except_pattern
with given as (
  select
    n.session_name as session_name,
    nullif(regexp_extract(n.session_name, cast(? as varchar), 1), '') as namespace,
    nullif(regexp_extract(n.session_name, cast(? as varchar), 1), '') as service_account,
    nullif(regexp_extract(n.session_name, cast(? as varchar), 1), '') as pod,
    cast(? as varchar) as reason,
    cast(? as varchar) is null as is_configured
  from session_names as n
  where not regexp_like(n.session_name, coalesce(cast(? as varchar), '^$'))
)
select
  g.session_name as session_name,
  g.namespace as namespace,
  g.service_account as service_account,
  g.pod as pod,
  g.reason as reason,
  g.is_configured as is_configured
from given as g
where g.pod is not null
  or (g.namespace is not null and g.service_account is not null)
