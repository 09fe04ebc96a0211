-- id: sources/trino/deliveries
-- grain: one row per distinct record, with when its log file was delivered, as the file's name says it
-- uses: log_file_records
select
  r.record_key as delivery_key,
  try(date_parse(regexp_extract(r.path, '_([0-9]{8}T[0-9]{4})Z_[^/]*$', 1), '%Y%m%dT%H%i')) as delivered_at
from log_file_records as r
where r.outcome = 'kept'
