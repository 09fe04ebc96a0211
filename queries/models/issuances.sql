-- id: models/issuances
-- grain: one row per attempt to assume a role, with whom it names; is_session leaves out the target account's copy of an issuance
-- uses: assumptions, principals, assumption_claims, claims
with caller_sides as (
  select distinct a.shared_event_id as shared_event_id
  from assumptions as a
  join principals as p on p.principal_key = a.principal_key
  where a.shared_event_id is not null
    and p.identity_type <> 'AWSAccount'
)
select
  said.record_key as record_key,
  said.event_time as event_time,
  said.principal_key as principal_key,
  c.claim_key as claim_key,
  c.mechanism as mechanism,
  c.evidence as evidence,
  said.role_arn as role_arn,
  said.role_session_name as role_session_name,
  case when c.evidence = 'session-tags' then said.tag_pod_name end as pod,
  case when c.evidence = 'session-tags' then said.tag_pod_uid end as pod_uid,
  said.is_issued as is_issued,
  said.is_issued and s.shared_event_id is null as is_session,
  said.is_delegated as is_delegated,
  said.is_from_person as is_from_person
from assumption_claims as said
join claims as c
  on c.kind = said.kind
  and coalesce(c.provider, '') = coalesce(said.provider, '')
  and coalesce(c.user_name, '') = coalesce(said.user_name, '')
  and coalesce(c.token_subject, '') = coalesce(said.token_subject, '')
  and coalesce(c.tag_cluster_arn, '') = coalesce(said.tag_cluster_arn, '')
  and coalesce(c.tag_cluster_name, '') = coalesce(said.tag_cluster_name, '')
  and coalesce(c.tag_namespace, '') = coalesce(said.tag_namespace, '')
  and coalesce(c.tag_service_account, '') = coalesce(said.tag_service_account, '')
left join caller_sides as s on s.shared_event_id = said.foreign_event_id
