-- id: models/call-callers
-- grain: one row per record, with the caller identity whose session it belongs to: that of its twin where there is one
-- uses: records
select
  r.record_key as record_key,
  r.principal_key as principal_key
from records as r
where r.twin_principal_key is null
union all
select
  r.record_key as record_key,
  r.twin_principal_key as principal_key
from records as r
where r.twin_principal_key is not null
