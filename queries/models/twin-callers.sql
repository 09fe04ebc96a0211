-- id: models/twin-callers
-- grain: one row per caller identity that a twin names, with its session: few, which spares calls a second look at all callers
-- uses: callers, attribution_keys
select
  c.principal_key as principal_key,
  c.session_key as session_key,
  c.session_name as session_name
from callers as c
where c.principal_key in (select o.twin_principal_key from attribution_keys as o where o.twin_principal_key is not null)
