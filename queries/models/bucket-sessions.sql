-- id: models/bucket-sessions
-- grain: one row per caller identity with a key for a directory bucket, with the session that S3's CreateSession gave the key to
-- uses: assumptions, principals
select
  p.principal_key as principal_key,
  min(h.principal_key) as holder_key,
  min(h.session_issuer_arn) as session_issuer_arn,
  min(h.federated_provider) as federated_provider,
  min(h.ec2_role_delivery) as ec2_role_delivery
from assumptions as a
join principals as h on h.principal_key = a.principal_key
join principals as p
  on p.access_key_id = a.issued_key_id
  and p.principal_id = h.principal_id
  and p.account_id = h.account_id
where a.event_name = 'CreateSession'
  and h.session_issuer_arn is not null
  and p.session_issuer_arn is null
  and p.identity_type = 'AssumedRole'
  and regexp_like(p.principal_id, '^AROA[^:]*:.')
  -- A log whose keys are masked shows the same key twice.
  and a.issued_key_id <> h.access_key_id
  and abs(date_diff('second', a.event_time, p.created_at)) <= 300
group by p.principal_key
having count(distinct h.principal_key) = 1
