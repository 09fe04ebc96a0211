-- id: questions/used-actions
-- question: Which IAM actions did workloads use, and on what?
-- grain: one row per workload, role, action, event name, resource, service in between and confidence
-- uses: counted_calls
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: service_account text optional | Only this ServiceAccount.
-- param: role text optional | Only what was done under this role, by its ARN.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 10000 | Rows at most, in the order of workload and role.
-- bind: namespace, namespace, service_account, service_account, role, role, limit
-- column: workload_namespace text | The Kubernetes namespace; empty where it could not be named.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: role_arn text | The role under which it was done, the last of the chain.
-- column: action text | The action as a policy would name it.
-- column: event_name text | The action as CloudTrail names it.
-- column: resource text | The resource, an S3 object as all objects of its bucket; empty where the record names none.
-- column: via text | The service that called on the workload's behalf, where one did.
-- column: calls integer | Successful calls; one that two accounts logged counts once.
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- column: confidence text | exact, inferred, ambiguous or unknown; only exact is proof.
-- column: candidates text | Where the answer is ambiguous: the workloads it may have been.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: To write a policy, ask by role: its rows are what all workloads did under it, ambiguous ones too. Look at several weeks, since some jobs run once a month.
-- limit: An event's name is not always the action's: names known to differ in S3, SQS, SNS, Lambda and CloudWatch are corrected, others are left as they are. Check each against the service's list of actions.
-- limit: Data events are in the records only where the trail logs them, and some calls leave no record at all: what is missing here may still be used.
-- limit: Some calls need more than one action, such as CopyObject, which also reads its source, or a call that passes a role; the record does not say so.
-- limit: A call on a bucket and its object, or a table and its index, has a row for the latter only.
-- limit: Calls that failed are left out, even those that were allowed and failed for another reason.
-- ref: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
-- example: --since 24h
-- example: --namespace payments --service-account api --since 7d
with renamed as (
  select
    n.service as service,
    n.event_name as event_name,
    n.action as action
  from (
    values
      ('lambda', 'Invoke', 'InvokeFunction'),
      ('s3', 'CompleteMultipartUpload', 'PutObject'),
      ('s3', 'CopyObject', 'PutObject'),
      ('s3', 'CreateMultipartUpload', 'PutObject'),
      ('s3', 'DeleteObjects', 'DeleteObject'),
      ('s3', 'HeadBucket', 'ListBucket'),
      ('s3', 'HeadObject', 'GetObject'),
      ('s3', 'ListBuckets', 'ListAllMyBuckets'),
      ('s3', 'ListMultipartUploads', 'ListBucketMultipartUploads'),
      ('s3', 'ListObjects', 'ListBucket'),
      ('s3', 'ListObjectsV2', 'ListBucket'),
      ('s3', 'ListObjectVersions', 'ListBucketVersions'),
      ('s3', 'ListParts', 'ListMultipartUploadParts'),
      ('s3', 'UploadPart', 'PutObject'),
      ('s3', 'UploadPartCopy', 'PutObject'),
      ('sns', 'PublishBatch', 'Publish'),
      ('sqs', 'ChangeMessageVisibilityBatch', 'ChangeMessageVisibility'),
      ('sqs', 'DeleteMessageBatch', 'DeleteMessage'),
      ('sqs', 'SendMessageBatch', 'SendMessage')
  ) as n(service, event_name, action)
),
done as (
  select
    c.workload_namespace as workload_namespace,
    c.workload_service_account as workload_service_account,
    c.workload_cluster as workload_cluster,
    c.workload_cluster_id as workload_cluster_id,
    c.confidence as confidence,
    c.candidates as candidates,
    -- EKS takes a second role under the first one, whose permissions count then.
    case when c.evidence = 'session-tags' then c.session_issuer_arn else coalesce(element_at(c.hops, -1), c.session_issuer_arn) end as role_arn,
    case split_part(c.event_source, '.', 1)
      when 'monitoring' then 'cloudwatch'
      else split_part(c.event_source, '.', 1)
    end as service,
    -- Lambda ends the names of its events in the version of its API: GetFunction20150331v2.
    case
      when c.event_source like 'lambda.%' then regexp_replace(c.event_name, '[0-9]{8}(v[0-9]+)?$', '')
      else c.event_name
    end as plain_name,
    c.event_name as event_name,
    c.invoked_by as via,
    c.calls as calls,
    c.first_time as first_time,
    c.last_time as last_time,
    c.shared_event_id as shared_event_id,
    split(coalesce(c.resources, ''), chr(30)) as resources
  from counted_calls as c
  where c.principal_class = 'workload'
    and c.error_code is null
    -- A role's permissions do not decide who may take it.
    and c.event_name <> 'AssumeRoleWithWebIdentity'
    and coalesce(c.principal_type, '') <> 'AWSService'
    and (cast(? as varchar) is null or c.workload_namespace = ?)
    and (cast(? as varchar) is null or c.workload_service_account = ?)
),
touched as (
  select
    d.*,
    d.service || ':' || coalesce(r.action, d.plain_name) as action,
    nullif(regexp_replace(u.resource, '(?s)^(arn:[^:]*:s3:::[^/]+)/.+$', '$1/*'), '') as resource
  from done as d
  cross join unnest(d.resources) as u(resource)
  left join renamed as r
    on r.service = d.service
    and r.event_name = d.plain_name
  -- A bucket beside its object, or a table beside its index, is not what the action was on.
  where cardinality(d.resources) = 1
    or cardinality(filter(d.resources, x -> starts_with(x, u.resource || '/'))) = 0
)
select
  t.workload_namespace as workload_namespace,
  t.workload_service_account as workload_service_account,
  t.workload_cluster as workload_cluster,
  t.role_arn as role_arn,
  t.action as action,
  t.event_name as event_name,
  t.resource as resource,
  t.via as via,
  coalesce(cast(sum(case when t.shared_event_id is null then t.calls end) as bigint), 0) + count(distinct t.shared_event_id) as calls,
  min(t.first_time) as first_time,
  max(t.last_time) as last_time,
  t.confidence as confidence,
  t.candidates as candidates,
  t.workload_cluster_id as workload_cluster_id
from touched as t
where cast(? as varchar) is null
  or t.role_arn = ?
group by
  t.workload_namespace,
  t.workload_service_account,
  t.workload_cluster,
  t.workload_cluster_id,
  t.role_arn,
  t.action,
  t.event_name,
  t.resource,
  t.via,
  t.confidence,
  t.candidates
order by
  t.workload_namespace,
  t.workload_service_account,
  t.workload_cluster_id,
  t.role_arn,
  t.action,
  t.event_name,
  t.resource,
  t.via,
  t.confidence,
  t.candidates
limit ?
