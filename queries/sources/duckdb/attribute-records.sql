-- Writes to each record of a store what it is attributed to: where it stands, since a join of as many rows takes long and much memory.
update stored_records
set attribution_key = c.attribution_key, twin_principal_key = null, root_principal_key = c.root_principal_key
from callers as c
where c.principal_key = stored_records.principal_key;
update stored_records
set attribution_key = o.attribution_key, twin_principal_key = o.twin_principal_key, root_principal_key = o.root_principal_key
from attribution_keys as o
where o.record_key = stored_records.record_key;
