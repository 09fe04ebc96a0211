-- id: models/twins
-- grain: one row per record of a foreign account's caller whose full copy, delivered to the caller's account, names the session
-- uses: records, principals
select
  target.record_key as record_key,
  min(source.principal_key) as caller_principal_key
from records as target
join principals as stranger
  on stranger.principal_key = target.principal_key
  and stranger.identity_type = 'AWSAccount'
join records as source
  on source.shared_event_id = target.shared_event_id
  and source.event_name = target.event_name
  and source.event_source = target.event_source
join principals as caller
  on caller.principal_key = source.principal_key
  and caller.identity_type <> 'AWSAccount'
  and coalesce(caller.account_id = stranger.account_id, true)
  and (
    coalesce(caller.principal_id = stranger.principal_id, true)
    or not regexp_like(stranger.principal_id, '^A(ROA|IDA)[^:]*')
    or not regexp_like(caller.principal_id, '^A(ROA|IDA)[^:]*')
  )
where (caller.account_id = stranger.account_id or caller.principal_id = stranger.principal_id)
  and abs(date_diff('second', source.event_time, target.event_time)) <= 60
group by target.record_key
having count(distinct source.principal_key) = 1
