-- id: questions/attributed-calls
-- question: Who made each call, and what proves it?
-- grain: one row per record
-- uses: calls
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- column: event_id text | The record's own id; absent before version 1.01.
-- column: event_time time | When the call was made.
-- column: event_source text | The service that was called.
-- column: event_name text | The action.
-- column: aws_region text | The region that recorded it.
-- column: recipient_account_id text | The account whose trail holds the record.
-- column: error_code text | Why the call failed; absent when it succeeded.
-- column: principal_class text | Whose session it was: workload, person, service, node, role, account or other.
-- column: principal_type text | AWS's own word for the caller.
-- column: principal_arn text | The caller as AWS names it.
-- column: access_key_id text | The key that signed the call.
-- column: workload_cluster_id text | The cluster: its ARN where the evidence has it, else the OIDC provider's ARN.
-- column: workload_cluster text | The cluster's name, else the issuer's host and path.
-- column: workload_namespace text | The Kubernetes namespace.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_pod text | The pod, where the evidence names it.
-- column: workload_pod_uid text | The pod's uid, where the evidence names it.
-- column: workload_mechanism text | How the workload got its credentials: irsa or pod-identity.
-- column: evidence text | The rung of the evidence ladder that decided.
-- column: confidence text | exact, inferred, ambiguous or unknown.
-- column: candidates json | Where the answer is ambiguous: the workloads it may have been.
-- column: pod_candidates json | Pods it may have been, each with the reason.
-- column: hops texts | Role ARNs from the workload's first role to the calling one.
-- column: resources texts | ARNs of what the call touched.
-- column: is_delegated boolean | Whether a known delegate acted as the ServiceAccount.
-- engines: duckdb, athena, trino
-- read: Rows are sorted by time, then event id, account and region.
-- limit: A call that no rung of the ladder explains stays unknown; podtrail never guesses.
-- example: --since 24h
select
  c.event_id as event_id,
  c.event_time as event_time,
  c.event_source as event_source,
  c.event_name as event_name,
  c.aws_region as aws_region,
  c.recipient_account_id as recipient_account_id,
  c.error_code as error_code,
  c.principal_class as principal_class,
  c.principal_type as principal_type,
  c.principal_arn as principal_arn,
  c.access_key_id as access_key_id,
  c.workload_cluster_id as workload_cluster_id,
  c.workload_cluster as workload_cluster,
  c.workload_namespace as workload_namespace,
  c.workload_service_account as workload_service_account,
  c.workload_pod as workload_pod,
  c.workload_pod_uid as workload_pod_uid,
  c.workload_mechanism as workload_mechanism,
  c.evidence as evidence,
  c.confidence as confidence,
  coalesce(c.candidates, '[]') as candidates,
  coalesce(c.pod_candidates, '[]') as pod_candidates,
  coalesce(json_format(cast(c.hops as json)), '[]') as hops,
  coalesce(json_format(cast(split(c.resources, chr(30)) as json)), '[]') as resources,
  c.is_delegated as is_delegated
from calls as c
order by
  c.event_time,
  c.event_id,
  c.recipient_account_id,
  c.aws_region,
  c.record_key
