-- id: questions/who-accessed
-- question: Which workloads used this resource, when and how often?
-- grain: one row per workload and calling role, or other caller, and confidence
-- uses: calls
-- param: resource resource required | An ARN, an s3:// place, a queue's URL, or the name of a bucket, table, queue, topic, key, secret, function or role; with * at its end, a prefix. A bucket stands for its objects too.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource, resource
-- column: principal_class text | Whose session it was: workload, person, service, node, role, account or other.
-- column: workload_namespace text | The Kubernetes namespace; empty where it could not be named.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: caller text | The role, user or service that called, as AWS names it.
-- column: confidence text | exact, inferred, ambiguous or unknown; only exact is proof.
-- column: evidence text | The rungs of the evidence ladder that decided.
-- column: calls integer | Calls on the resource; one that two accounts logged counts once.
-- column: denied integer | Those that were refused.
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- column: actions text | What was called.
-- column: pods text | The pods, where the evidence names them.
-- column: candidates text | Where the answer is ambiguous: the workloads it may have been.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: One row is one workload's use of the resource under one role; exact rows are proven by the issuance of the credentials that were used.
-- limit: Reads of S3 objects and DynamoDB items are in CloudTrail only where the trail logs data events.
-- limit: The six random characters that end a secret's ARN are recognized by a capital or a digit among them; a secret whose six have neither is found only by its ARN.
-- limit: A secret is best asked for by its name: its ARN finds only the calls that gave the ARN.
-- limit: Of a record that names more than a hundred resources the first hundred are kept.
-- limit: A call is found only if its record names the resource, or podtrail knows which parameters of its service name one.
-- ref: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
-- example: --resource pii-exports --since 24h
with touched as (
  select
    c.principal_class as principal_class,
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    c.workload_pod as workload_pod,
    c.confidence as confidence,
    c.evidence as evidence,
    c.candidates as candidates,
    c.event_name as event_name,
    c.event_time as event_time,
    c.is_denied as is_denied,
    c.shared_event_id as shared_event_id,
    case
      when c.workload_namespace is not null then element_at(c.hops, -1)
      else coalesce(c.session_issuer_arn, c.principal_arn, c.invoked_by, c.principal_type)
    end as caller
  from calls as c
  where case when strpos(c.resources, regexp_replace(?, '[*]$', '')) > 0 then cardinality(filter(
      split(c.resources, chr(30)),
      r -> r = ?
        or starts_with(r, regexp_replace(?, '[*]$', '') || '/')
        or (regexp_like(?, '[*]$') and starts_with(r, regexp_replace(?, '[*]$', '')))
        or regexp_extract(r, '(?s)^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)$', 1) = ?
        or (
          regexp_like(r, '^arn:[^:]*:s3:')
          and starts_with(regexp_extract(r, '(?s)^arn:[^:]*:s3:[^:]*:[^:]*:(.+)$', 1) || '/', regexp_replace(?, '[*]$', '') || case when not regexp_like(?, '[*]$') then '/' else '' end)
        )
        or (
          not regexp_like(r, '^arn:[^:]*:s3:')
          and (
            regexp_extract(r, '(?s)^arn:[^:]*:[^:]*:[^:]*:[^:]*:([a-z-]+[:/])?(.+)$', 2) = ?
            or (regexp_like(?, '[*]$') and starts_with(regexp_extract(r, '(?s)^arn:[^:]*:[^:]*:[^:]*:[^:]*:([a-z-]+[:/])?(.+)$', 2), regexp_replace(?, '[*]$', '')))
            or starts_with(regexp_extract(r, '(?s)^arn:[^:]*:(lambda|dynamodb):[^:]*:[^:]*:[a-z-]+[:/](.+)$', 2), regexp_replace(?, '[*]$', '') || ':')
            or starts_with(regexp_extract(r, '(?s)^arn:[^:]*:dynamodb:[^:]*:[^:]*:table/(.+)$', 1), regexp_replace(?, '[*]$', '') || '/')
            or regexp_extract(r, '(?s)^arn:[^:]*:iam:[^:]*:[^:]*:role/(?:.*/)?([^/]+)$', 1) = ?
            or (regexp_like(?, '[*]$') and starts_with(regexp_extract(r, '(?s)^arn:[^:]*:iam:[^:]*:[^:]*:role/(?:.*/)?([^/]+)$', 1), regexp_replace(?, '[*]$', '')))
            or regexp_extract(r, '(?s)^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(/.+)$', 1) = ?
            or (not regexp_like(r, '-[a-z]{6}$') and regexp_replace(regexp_extract(r, '(?s)^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.*-[A-Za-z0-9]{6})$', 1), '-[A-Za-z0-9]{6}$', '') = ?)
          )
        )
    )) > 0 end
)
select
  t.principal_class as principal_class,
  t.workload_namespace as workload_namespace,
  t.workload_service_account as workload_service_account,
  t.workload_cluster as workload_cluster,
  t.caller as caller,
  t.confidence as confidence,
  array_join(array_agg(distinct t.evidence order by t.evidence) filter (where t.evidence is not null), ', ') as evidence,
  count_if(t.shared_event_id is null) + count(distinct t.shared_event_id) as calls,
  count_if(t.is_denied and t.shared_event_id is null) + count(distinct case when t.is_denied then t.shared_event_id end) as denied,
  min(t.event_time) as first_time,
  max(t.event_time) as last_time,
  array_join(array_agg(distinct t.event_name order by t.event_name), ', ') as actions,
  array_join(array_agg(distinct t.workload_pod order by t.workload_pod) filter (where t.workload_pod is not null), ', ') as pods,
  t.candidates as candidates,
  t.workload_cluster_id as workload_cluster_id
from touched as t
group by
  t.principal_class,
  t.workload_namespace,
  t.workload_service_account,
  t.workload_cluster,
  t.workload_cluster_id,
  t.caller,
  t.confidence,
  t.candidates
order by
  count_if(t.shared_event_id is null) + count(distinct t.shared_event_id) desc,
  t.principal_class,
  t.workload_namespace,
  t.workload_service_account,
  t.workload_cluster_id,
  t.caller,
  t.confidence,
  t.candidates
