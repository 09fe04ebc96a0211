-- id: sources/trino/principals
-- grain: one row per caller identity, as a store keeps it
-- uses: log_file_records
select distinct
  r.principal_key as principal_key,
  r.identity_type as identity_type,
  r.principal_id as principal_id,
  r.arn as arn,
  r.account_id as account_id,
  r.access_key_id as access_key_id,
  r.user_name as user_name,
  r.invoked_by as invoked_by,
  r.identity_provider as identity_provider,
  r.session_issuer_arn as session_issuer_arn,
  r.created_at as created_at,
  r.federated_provider as federated_provider,
  r.ec2_role_delivery as ec2_role_delivery,
  r.session_name as session_name
from log_file_records as r
where r.outcome = 'kept'
