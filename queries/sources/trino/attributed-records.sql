-- id: sources/trino/attributed-records
-- grain: one row per distinct record, with the key of what it is attributed to
-- uses: settled_records, callers, attribution_keys
select
  r.*,
  r.record_key as delivery_key,
  coalesce(o.attribution_key, c.attribution_key) as attribution_key,
  o.twin_principal_key as twin_principal_key,
  case when o.record_key is not null then o.root_principal_key else c.root_principal_key end as root_principal_key
from settled_records as r
join callers as c on c.principal_key = r.principal_key
left join attribution_keys as o on o.record_key = r.record_key
