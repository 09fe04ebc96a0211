-- id: questions/denied-calls
-- question: Which calls of workloads were refused?
-- grain: one row per workload, role, service, action, resource, error code and confidence
-- uses: call_attributions
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 1000 | Rows at most, the most refused first.
-- bind: namespace, namespace, limit
-- column: workload_namespace text | The Kubernetes namespace; empty where it could not be named.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: confidence text | exact, inferred, ambiguous or unknown; only exact is proof.
-- column: role_arn text | The role that was refused; where a token or EKS asked for a first role, that role.
-- column: event_source text | The service that refused.
-- column: event_name text | The action.
-- column: resource text | The resource; empty where the record names none.
-- column: error_code text | The refusal, as the service spells it.
-- column: error_message text | What the service said; where it said several things, the first of them in alphabetical order.
-- column: calls integer | Refused calls; one that two accounts logged counts once.
-- column: first_time time | The first refusal.
-- column: last_time time | The last refusal.
-- column: pods text | The pods, where the evidence names them.
-- column: candidates text | Where the answer is ambiguous: the workloads it may have been.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: Each row is one refusal to fix: role_arn lacks event_name on resource, or a policy forbids it; error_message often says which.
-- read: A call on two resources has a row for each; of an object and its bucket, the object.
-- limit: A refusal of a data event, such as a read of an S3 object, is in CloudTrail only where the trail logs data events.
-- limit: With a namespace, calls that could not be named are left out, even if they may be from it.
-- limit: S3 also says AccessDenied where an object is missing and the role may not list the bucket.
-- ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
-- example: --since 24h
-- example: --namespace payments --since 24h
with refused as (
  select
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    c.workload_pod as workload_pod,
    c.confidence as confidence,
    c.candidates as candidates,
    -- EKS takes a second role under the first one, which is the one refused then.
    coalesce(case when c.evidence = 'session-tags' then c.session_issuer_arn end, element_at(c.hops, -1), c.session_issuer_arn, c.assumed_role_arn) as role_arn,
    c.event_source as event_source,
    c.event_name as event_name,
    c.error_code as error_code,
    c.error_message as error_message,
    c.event_time as event_time,
    c.shared_event_id as shared_event_id,
    split(coalesce(c.resources, ''), chr(30)) as resources
  from call_attributions as c
  -- What is denied has an error: said, since engines then read no texts of the others.
  where c.error_code is not null
    and c.is_denied
    and c.principal_class = 'workload'
    and (cast(? as varchar) is null or c.workload_namespace = ?)
)
select
  r.workload_namespace as workload_namespace,
  r.workload_service_account as workload_service_account,
  r.workload_cluster as workload_cluster,
  r.confidence as confidence,
  r.role_arn as role_arn,
  r.event_source as event_source,
  r.event_name as event_name,
  nullif(u.resource, '') as resource,
  r.error_code as error_code,
  min(r.error_message) as error_message,
  count_if(r.shared_event_id is null) + count(distinct r.shared_event_id) as calls,
  min(r.event_time) as first_time,
  max(r.event_time) as last_time,
  array_join(array_agg(distinct r.workload_pod order by r.workload_pod) filter (where r.workload_pod is not null), ', ') as pods,
  r.candidates as candidates,
  r.workload_cluster_id as workload_cluster_id
from refused as r
cross join unnest(r.resources) as u(resource)
-- A bucket beside its object, or a table beside its index, says nothing more.
where cardinality(r.resources) = 1
  or cardinality(filter(r.resources, x -> starts_with(x, u.resource || '/'))) = 0
group by
  r.workload_namespace,
  r.workload_service_account,
  r.workload_cluster,
  r.workload_cluster_id,
  r.confidence,
  r.candidates,
  r.role_arn,
  r.event_source,
  r.event_name,
  u.resource,
  r.error_code
order by
  count_if(r.shared_event_id is null) + count(distinct r.shared_event_id) desc,
  r.workload_namespace,
  r.workload_service_account,
  r.workload_cluster_id,
  r.role_arn,
  r.event_source,
  r.event_name,
  u.resource,
  r.error_code,
  r.confidence,
  r.candidates
limit ?
