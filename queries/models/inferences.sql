-- id: models/inferences
-- grain: one row per caller identity whose session was issued outside these records, with what its role, name and provider suggest
-- uses: callers, issuances, claims, name_readings, snapshot_roles
-- bind: since, until
with in_window as (
  select distinct
    i.role_arn as role_arn,
    i.claim_key as claim_key,
    i.is_issued as is_issued
  from issuances as i
  where i.event_time >= cast(? as timestamp) - interval '12' hour
    and i.event_time < cast(? as timestamp)
),
window_issuances as (
  select
    w.role_arn as role_arn,
    w.is_issued as is_issued,
    case when c.evidence is not null then w.claim_key end as claim_key,
    c.provider as provider,
    c.mechanism as mechanism,
    c.cluster as cluster,
    c.namespace as namespace,
    c.service_account as service_account,
    c.candidate as candidate
  from in_window as w
  join claims as c on c.claim_key = w.claim_key
),
seekers as (
  select
    c.principal_key as principal_key,
    c.session_issuer_arn as role_arn,
    c.federated_provider as provider,
    case when c.federated_provider is null then c.session_issuer_arn end as unfederated_role_arn,
    c.session_name as session_name
  from callers as c
  where c.principal_key in (select n.root_principal_key from callers as n where n.root_principal_key is not null)
    and (
      c.federated_provider is not null
      or regexp_like(coalesce(c.session_name, ''), '^eks-.{1,10}-.{1,10}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
    )
),
web_roles as (
  select
    w.role_arn as role_arn,
    w.provider as provider,
    count(distinct w.candidate) as subjects,
    count_if(w.candidate is null) as nameless,
    min(w.claim_key) as claim_key,
    array_agg(distinct w.candidate order by w.candidate) filter (where w.candidate is not null) as candidates
  from window_issuances as w
  where w.is_issued
    and w.mechanism in ('irsa', 'web-identity')
  group by
    w.role_arn,
    w.provider
),
pod_roles as (
  select
    w.role_arn as role_arn,
    count(distinct case when w.mechanism = 'pod-identity' then w.candidate end) as subjects,
    count_if(w.mechanism = 'pod-identity') as pod_issuances,
    count_if(w.mechanism = 'pod-identity' and w.candidate is null) as nameless,
    count_if(w.mechanism <> 'pod-identity') as other_issuances,
    min(case when w.mechanism = 'pod-identity' then w.claim_key end) as claim_key,
    min(case when w.mechanism = 'pod-identity' then w.cluster end) as cluster,
    array_agg(distinct w.candidate order by w.candidate) filter (where w.mechanism = 'pod-identity' and w.candidate is not null) as candidates
  from window_issuances as w
  where w.is_issued
  group by w.role_arn
),
known_subjects as (
  select
    w.provider as provider,
    w.namespace as namespace,
    w.service_account as service_account,
    w.candidate as candidate,
    min(w.claim_key) as claim_key
  from window_issuances as w
  where w.mechanism = 'irsa'
    and w.candidate is not null
  group by
    w.provider,
    w.namespace,
    w.service_account,
    w.candidate
),
serving_providers as (
  select distinct k.provider as provider
  from known_subjects as k
),
providers as (
  select
    c.provider as provider,
    c.claim_key as claim_key,
    c.cluster_id as cluster_id,
    c.cluster as cluster
  from claims as c
  where c.kind = 'provider'
),
names as (
  select distinct
    s.session_name as session_name,
    s.provider as provider
  from seekers as s
  left join web_roles as w on w.role_arn = s.role_arn and w.provider = s.provider
  where s.provider is not null
    and s.session_name is not null
    and not (coalesce(w.subjects, 0) >= 2 or (coalesce(w.subjects, 0) = 1 and w.nameless = 0))
),
convention_tokens as (
  select
    n.session_name as session_name,
    n.provider as provider,
    split(n.session_name, '-') as tokens
  from names as n
  where regexp_like(n.session_name, '^eks-[a-z0-9][-a-z0-9.]*-[a-z0-9][-a-z0-9.]*-[A-Za-z0-9]*$')
    and not regexp_like(n.session_name, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
),
splits as (
  select
    t.session_name as session_name,
    t.provider as provider,
    array_join(slice(t.tokens, 2, i.last - 1), '-') as namespace,
    array_join(slice(t.tokens, i.last + 1, cardinality(t.tokens) - 1 - i.last), '-') as service_account,
    false as is_cut
  from convention_tokens as t
  cross join unnest(sequence(2, 62)) as i(last)
  where i.last <= cardinality(t.tokens) - 2
  union all
  select
    t.session_name as session_name,
    t.provider as provider,
    array_join(slice(t.tokens, 2, i.last - 1), '-') as namespace,
    array_join(slice(t.tokens, i.last + 1, cardinality(t.tokens) - i.last), '-') as service_account,
    true as is_cut
  from convention_tokens as t
  cross join unnest(sequence(2, 62)) as i(last)
  where i.last <= cardinality(t.tokens) - 1
    and length(t.session_name) = 64
  union all
  select
    n.session_name as session_name,
    n.provider as provider,
    r.namespace as namespace,
    r.service_account as service_account,
    false as is_cut
  from names as n
  join name_readings as r
    on r.session_name = n.session_name
    and r.namespace is not null
    and r.service_account is not null
),
legal_splits as (
  select
    s.session_name as session_name,
    s.provider as provider,
    s.namespace as namespace,
    s.service_account as service_account,
    s.is_cut as is_cut
  from splits as s
  where regexp_like(s.namespace, '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')
    and regexp_like(s.service_account, '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')
),
matched_splits as (
  select
    s.session_name as session_name,
    s.provider as provider,
    k.candidate as known_candidate,
    k.claim_key as claim_key,
    '{"cluster_id":"' || replace(replace(p.cluster_id, '\', '\\'), '"', '\"')
      || '","cluster":' || coalesce('"' || replace(replace(p.cluster, '\', '\\'), '"', '\"') || '"', 'null')
      || ',"namespace":"' || s.namespace
      || '","service_account":"' || s.service_account || '"}' as candidate
  from legal_splits as s
  join providers as p on p.provider = s.provider
  left join known_subjects as k
    on k.provider = s.provider
    and k.namespace = s.namespace
    and (k.service_account = s.service_account or (s.is_cut and starts_with(k.service_account, s.service_account)))
),
named as (
  select
    m.session_name as session_name,
    m.provider as provider,
    count(distinct m.known_candidate) as known,
    min(m.claim_key) as claim_key,
    array_agg(distinct m.candidate order by m.candidate) as candidates
  from matched_splits as m
  group by
    m.session_name,
    m.provider
),
snapshots as (
  select
    r.evidence as evidence,
    r.role_arn as role_arn,
    r.provider as provider,
    min(c.claim_key) as claim_key,
    min(c.cluster) as cluster
  from snapshot_roles as r
  join claims as c
    on c.kind = case when r.evidence = 'trust-policy' then 'web-identity' else 'pod-identity' end
    and c.namespace = r.namespace
    and c.service_account = r.service_account
    and c.token_subject is null
    and (r.evidence = 'association' or c.provider = r.provider)
    and (r.evidence = 'trust-policy' or c.tag_cluster_arn = r.cluster_id)
  group by
    r.evidence,
    r.role_arn,
    r.provider
),
decided as (
  select
    s.principal_key as principal_key,
    s.provider as provider,
    case
      when s.provider is not null and (w.subjects >= 2 or (w.subjects = 1 and w.nameless = 0)) then 'web-role'
      when (sp.provider is not null or regexp_like(s.provider, '^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/oidc[.]eks[^/]*/id/.+$')) and n.session_name is not null then 'name'
      when t.claim_key is not null then 'trust-policy'
      when s.provider is not null
        and (sp.provider is not null or regexp_like(s.provider, '^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/oidc[.]eks[^/]*/id/.+$')) then 'provider'
      -- EKS begins a session's name with the first ten characters of its cluster's: another cluster's session is nobody's here.
      when s.provider is null and p.pod_issuances > 0 and p.nameless = 0 and p.other_issuances = 0
        and (p.subjects >= 2 or coalesce(starts_with(s.session_name, 'eks-' || substr(p.cluster, 1, 10) || '-'), true)) then 'pod-role'
      when s.provider is null and e.claim_key is not null and coalesce(p.other_issuances, 0) = 0 and coalesce(p.subjects, 0) = 0
        and coalesce(starts_with(s.session_name, 'eks-' || substr(e.cluster, 1, 10) || '-'), true) then 'association'
      when s.provider is null and p.pod_issuances > 0 then 'nameless'
    end as ground,
    case when s.provider is null then p.subjects when n.session_name is not null and coalesce(w.subjects, 0) = 0 then n.known else w.subjects end as subjects,
    w.claim_key as web_claim_key,
    w.candidates as web_candidates,
    p.claim_key as pod_claim_key,
    p.candidates as pod_candidates,
    n.known as name_known,
    n.claim_key as name_claim_key,
    n.candidates as name_candidates,
    np.claim_key as provider_claim_key,
    coalesce(t.claim_key, e.claim_key) as snapshot_claim_key
  from seekers as s
  left join web_roles as w on w.role_arn = s.role_arn and w.provider = s.provider
  left join pod_roles as p on p.role_arn = s.unfederated_role_arn
  left join named as n on n.session_name = s.session_name and n.provider = s.provider
  left join serving_providers as sp on sp.provider = s.provider
  left join providers as np on np.provider = s.provider
  left join snapshots as t on t.evidence = 'trust-policy' and t.role_arn = s.role_arn and t.provider = s.provider
  left join snapshots as e on e.evidence = 'association' and e.role_arn = s.unfederated_role_arn
),
graded as (
  select
    d.*,
    case
      when d.ground in ('web-role', 'pod-role') and d.subjects >= 2 then 'ambiguous'
      when d.ground in ('web-role', 'pod-role') then 'inferred'
      when d.ground = 'name' and d.name_known = 1 then 'inferred'
      when d.ground = 'name' then 'ambiguous'
      when d.ground in ('trust-policy', 'association', 'provider') then 'inferred'
    end as confidence
  from decided as d
),
claimed as (
  select
    g.*,
    case
      when g.confidence <> 'inferred' then null
      when g.ground = 'web-role' then g.web_claim_key
      when g.ground = 'pod-role' then g.pod_claim_key
      when g.ground = 'name' then g.name_claim_key
      when g.ground in ('trust-policy', 'association') then g.snapshot_claim_key
      when g.ground = 'provider' then g.provider_claim_key
    end as claim_key
  from graded as g
)
select
  g.principal_key as principal_key,
  case g.ground
    when 'web-role' then 'role-subject'
    when 'pod-role' then 'role-subject'
    when 'name' then 'session-name'
    when 'trust-policy' then 'trust-policy'
    when 'association' then 'association'
    when 'provider' then 'provider'
  end as evidence,
  g.confidence as confidence,
  w.cluster_id as cluster_id,
  w.cluster as cluster,
  w.namespace as namespace,
  w.service_account as service_account,
  case when g.confidence is not null then case when g.provider is null then 'pod-identity' else 'irsa' end end as mechanism,
  case
    when g.confidence <> 'ambiguous' then null
    when g.ground = 'web-role' then '[' || array_join(g.web_candidates, ',') || ']'
    when g.ground = 'pod-role' then '[' || array_join(g.pod_candidates, ',') || ']'
    when g.ground = 'name' then '[' || array_join(g.name_candidates, ',') || ']'
  end as candidates,
  g.ground is not null as is_workload
from claimed as g
left join claims as w on w.claim_key = g.claim_key
