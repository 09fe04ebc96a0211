-- id: questions/off-network-use
-- question: Which workload credentials were used from outside the given networks?
-- grain: one row per workload, role and source address outside the networks
-- uses: calls
-- param: networks networks required | Addresses and CIDR ranges that pods call from, with commas between them: VPCs, NAT gateways.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 1000 | Rows at most; addresses of credentials that were used inside too come first.
-- bind: networks, limit
-- column: workload_namespace text | The Kubernetes namespace; absent where only the role is known.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: role_arn text | The role that made the calls; of a request with a token, the role that it asked for.
-- column: source_ip_address text | The address they came from.
-- column: calls integer | Calls, requests for credentials among them; one that two accounts logged counts once.
-- column: denied integer | Those that were refused.
-- column: credentials integer | Access keys that were used from there.
-- column: credentials_inside_too integer | Those of them that were used from inside the networks as well.
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- column: confidence text | How sure it is that the calls are this workload's.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: A key used from inside and outside is what stolen credentials look like. A key used only from outside more often means that the list lacks a network.
-- limit: Calls that AWS made on a workload's behalf have no address and are left out, as are calls through VPC endpoints that show a private address of the list.
-- limit: Stolen credentials that are used from inside the networks do not show.
-- limit: Athena takes 36 networks, or 15 of IPv6: where there are more, name the ranges that hold them, a VPC's instead of its subnets'.
-- example: --networks 10.0.0.0/8,203.0.113.7
with ranges as (
  select
    split_part(r.ends, '-', 1) as first_key,
    split_part(r.ends, '-', 2) as last_key
  from unnest(split(cast(? as varchar), ',')) as r(ends)
),
called as (
  select c.*
  from calls as c
  where c.principal_class = 'workload'
    and regexp_like(c.source_ip_address, '^[0-9]{1,3}([.][0-9]{1,3}){3}$|^[0-9A-Fa-f]*:[0-9A-Fa-f:]*$')
),
sides as (
  select
    a.address as address,
    a.sides as sides,
    case when a.head = '' then 0 else cardinality(split(a.head, ':')) end as head_groups,
    case when a.tail = '' then 0 else cardinality(split(a.tail, ':')) end as tail_groups,
    a.head as head,
    a.tail as tail
  from (
    select
      d.address as address,
      cardinality(split(d.address, '::')) as sides,
      split_part(d.address, '::', 1) as head,
      coalesce(split_part(d.address, '::', 2), '') as tail
    from (select distinct c.source_ip_address as address from called as c) as d
  ) as a
),
written_out as (
  select
    s.address as address,
    case
      when s.sides = 1 then s.address
      when s.head_groups + s.tail_groups < 8
        then s.head || case when s.head = '' then '' else ':' end || substr('0:0:0:0:0:0:0:0:', 1, 2 * (8 - s.head_groups - s.tail_groups)) || s.tail
    end as groups
  from sides as s
),
placed as (
  select
    w.address as address,
    case
      when w.address like '%.%' then
        '4' || lpad(split_part(w.address, '.', 1), 3, '0') || lpad(split_part(w.address, '.', 2), 3, '0')
        || lpad(split_part(w.address, '.', 3), 3, '0') || lpad(split_part(w.address, '.', 4), 3, '0')
      else
        '6' || lower(
          lpad(split_part(w.groups, ':', 1), 4, '0') || lpad(split_part(w.groups, ':', 2), 4, '0')
          || lpad(split_part(w.groups, ':', 3), 4, '0') || lpad(split_part(w.groups, ':', 4), 4, '0')
          || lpad(split_part(w.groups, ':', 5), 4, '0') || lpad(split_part(w.groups, ':', 6), 4, '0')
          || lpad(split_part(w.groups, ':', 7), 4, '0') || lpad(split_part(w.groups, ':', 8), 4, '0')
        )
    end as address_key
  from written_out as w
),
located as (
  select
    p.address as address,
    count(r.first_key) > 0 as is_inside
  from placed as p
  left join ranges as r
    on p.address_key >= r.first_key
    and p.address_key <= r.last_key
  group by p.address
),
inside_keys as (
  select distinct c.access_key_id as access_key_id
  from called as c
  join located as l on l.address = c.source_ip_address
  where l.is_inside
    and c.access_key_id is not null
)
select
  c.workload_namespace as workload_namespace,
  c.workload_service_account as workload_service_account,
  min(c.workload_cluster) as workload_cluster,
  coalesce(c.session_issuer_arn, element_at(c.hops, -1), c.assumed_role_arn) as role_arn,
  c.source_ip_address as source_ip_address,
  count_if(c.shared_event_id is null) + count(distinct c.shared_event_id) as calls,
  count_if(c.is_denied and c.shared_event_id is null) + count(distinct case when c.is_denied then c.shared_event_id end) as denied,
  count(distinct c.access_key_id) as credentials,
  count(distinct k.access_key_id) as credentials_inside_too,
  min(c.event_time) as first_time,
  max(c.event_time) as last_time,
  c.confidence as confidence,
  c.workload_cluster_id as workload_cluster_id
from called as c
join located as l on l.address = c.source_ip_address
left join inside_keys as k on k.access_key_id = c.access_key_id
where not l.is_inside
group by
  c.workload_namespace,
  c.workload_service_account,
  c.workload_cluster_id,
  coalesce(c.session_issuer_arn, element_at(c.hops, -1), c.assumed_role_arn),
  c.source_ip_address,
  c.confidence
order by
  count(distinct k.access_key_id) desc,
  count_if(c.shared_event_id is null) + count(distinct c.shared_event_id) desc,
  c.workload_namespace,
  c.workload_service_account,
  c.workload_cluster_id,
  role_arn,
  c.source_ip_address,
  c.confidence
limit ?
