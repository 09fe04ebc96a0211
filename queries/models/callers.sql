-- id: models/callers
-- grain: one row per caller identity, with what its session's issuance proves; hops are null where its own role is all of them
-- uses: principals, session_links, session_roots, issuances, claims, pod_hints
with linked as (
  select
    l.principal_key as principal_key,
    count(*) over (partition by l.principal_key) as links,
    l.session_key as session_key,
    l.rung as rung,
    r.root_kind as root_kind,
    case when r.root_kind = 'session' then r.root_principal_key end as root_principal_key,
    r.hops as hops,
    case when r.root_kind is not null then coalesce(cardinality(r.hops) > 1, true) end as is_chained,
    case when root.evidence is not null then root.claim_key end as claim_key,
    root.pod as pod,
    root.pod_uid as pod_uid,
    root.mechanism as mechanism,
    root.role_session_name as session_name,
    root.is_delegated as is_delegated,
    coalesce(root.is_from_person, false) as is_from_person
  from session_links as l
  left join session_roots as r on r.session_key = l.session_key
  left join issuances as root on root.record_key = r.root_session_key
),
verdicts as (
  select
    l.principal_key as principal_key,
    l.rung as rung,
    l.session_key as session_key,
    case when l.claim_key is null then 0 else 1 end as subjects,
    case when l.claim_key is null then 1 else 0 end as nameless,
    l.root_kind = 'unnamed' as is_unnamed,
    l.root_principal_key as root_principal_key,
    l.claim_key as claim_key,
    l.mechanism as mechanism,
    l.pod as pod,
    l.pod_uid as pod_uid,
    cast(null as varchar) as pod_candidates,
    l.session_name as session_name,
    l.hops as hops,
    l.is_chained as is_chained,
    cast(null as varchar) as candidates,
    l.is_delegated as is_delegated,
    l.is_from_person as is_from_person
  from linked as l
  where l.links = 1
  union all
  select
    l.principal_key as principal_key,
    min(l.rung) as rung,
    case when count(distinct l.session_key) = 1 then min(l.session_key) end as session_key,
    count(distinct c.candidate) as subjects,
    count_if(l.claim_key is null) as nameless,
    bool_or(coalesce(l.root_kind = 'unnamed', false)) as is_unnamed,
    case
      when count(distinct l.root_principal_key) = 1 and count_if(l.root_principal_key is null) = 0 then min(l.root_principal_key)
    end as root_principal_key,
    min(l.claim_key) as claim_key,
    case
      when count(distinct case when l.claim_key is not null then l.mechanism end) = 1
        then min(case when l.claim_key is not null then l.mechanism end)
    end as mechanism,
    case when count(distinct l.pod) = 1 and count_if(l.pod is null) = 0 then min(l.pod) end as pod,
    case when count(distinct l.pod_uid) = 1 and count_if(l.pod_uid is null) = 0 then min(l.pod_uid) end as pod_uid,
    case
      when count(distinct l.pod) > 1 then
        '[{"pod":"' || array_join(
          array_agg(distinct replace(replace(l.pod, '\', '\\'), '"', '\"') order by replace(replace(l.pod, '\', '\\'), '"', '\"')) filter (where l.pod is not null),
          '","reason":"one of the sessions that began in this second"},{"pod":"'
        ) || '","reason":"one of the sessions that began in this second"}]'
    end as pod_candidates,
    case when count(distinct l.session_name) = 1 then min(l.session_name) end as session_name,
    case when count(distinct array_join(l.hops, ' ')) = 1 and count_if(l.hops is null and l.root_kind is not null) = 0 then min(l.hops) end as hops,
    bool_and(l.is_chained) as is_chained,
    array_join(array_agg(distinct c.candidate order by c.candidate) filter (where c.candidate is not null), ',') as candidates,
    bool_or(l.is_delegated) as is_delegated,
    bool_and(l.is_from_person) as is_from_person
  from linked as l
  left join claims as c on c.claim_key = l.claim_key
  where l.links > 1
  group by l.principal_key
),
named as (
  select
    p.principal_key as principal_key,
    p.identity_type as identity_type,
    p.session_issuer_arn as session_issuer_arn,
    p.federated_provider as federated_provider,
    p.ec2_role_delivery as ec2_role_delivery,
    p.session_name as own_session_name,
    v.principal_key is not null as is_linked,
    v.rung as rung,
    v.session_key as session_key,
    v.subjects as subjects,
    v.candidates as candidates,
    v.claim_key as claim_key,
    v.mechanism as mechanism,
    v.pod as pod,
    v.pod_uid as pod_uid,
    v.pod_candidates as pod_candidates,
    v.session_name as root_session_name,
    v.is_delegated as is_delegated,
    v.is_chained as is_chained,
    v.is_from_person as is_from_person,
    coalesce(v.is_unnamed, false) as is_unnamed,
    case
      when v.subjects = 1 and v.nameless = 0 then 'exact'
      when v.subjects >= 1 then 'ambiguous'
    end as confidence,
    case
      when v.principal_key is null and p.session_issuer_arn is not null then p.principal_key
      when v.subjects = 0 then v.root_principal_key
    end as root_principal_key,
    case when v.hops <> array[p.session_issuer_arn] then v.hops end as hops
  from principals as p
  left join verdicts as v on v.principal_key = p.principal_key
),
hinted as (
  select
    n.*,
    case
      when n.confidence is not null then n.root_session_name
      when n.root_principal_key = n.principal_key then n.own_session_name
    end as workload_session_name
  from named as n
)
select
  h.principal_key as principal_key,
  h.session_key as session_key,
  h.root_principal_key as root_principal_key,
  h.confidence as confidence,
  case
    when h.rung = 'issued-key' and h.is_chained then 'chained'
    else h.rung
  end as evidence,
  h.session_issuer_arn as session_issuer_arn,
  case when h.confidence = 'exact' then h.claim_key end as claim_key,
  case when h.confidence = 'exact' then h.pod end as pod,
  case when h.confidence = 'exact' then h.pod_uid end as pod_uid,
  case when h.confidence is not null then h.mechanism end as mechanism,
  case when h.confidence = 'ambiguous' then '[' || h.candidates || ']' end as candidates,
  h.hops as hops,
  coalesce(h.is_delegated, h.own_session_name = 'external-secrets-provider-aws' and h.federated_provider is not null, false) as is_delegated,
  case
    when h.confidence is not null or h.is_unnamed then 'workload'
    when h.identity_type in ('IAMUser', 'Root', 'IdentityCenterUser', 'SAMLUser', 'FederatedUser') then 'person'
    when h.identity_type = 'AWSService' then 'service'
    when h.identity_type = 'AWSAccount' then 'account'
    when h.session_issuer_arn is null then 'other'
    when h.session_issuer_arn like '%:role/aws-service-role/%' then 'service'
    when h.session_issuer_arn like '%/AWSReservedSSO#_%' escape '#' then 'person'
    when h.federated_provider is not null then 'other'
    when h.is_from_person then 'person'
    when regexp_like(coalesce(h.own_session_name, ''), '^i-[0-9a-f]{8,17}$')
      and (h.ec2_role_delivery is not null or not h.is_linked) then 'node'
    else 'role'
  end as principal_class,
  h.own_session_name as session_name,
  case
    when h.confidence is not null and h.pod_candidates is not null then h.pod_candidates
    when h.mechanism = 'irsa' or h.federated_provider is not null then hint.pod_candidates
  end as pod_candidates
from hinted as h
left join pod_hints as hint on hint.session_name = h.workload_session_name
