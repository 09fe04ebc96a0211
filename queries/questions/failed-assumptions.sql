-- id: questions/failed-assumptions
-- question: Which workloads could not get their credentials, and for which role?
-- grain: one row per workload, role and error
-- uses: assumption_failures
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- bind: since, until, namespace, namespace
-- column: workload_namespace text | The namespace that the token or tags name; empty where the record names none.
-- column: workload_service_account text | The ServiceAccount.
-- column: workload_cluster text | The cluster's name, else the issuer of the token, which may be no cluster's.
-- column: role_arn text | The role that was asked for; it may not exist.
-- column: error_code text | CloudTrail's error code.
-- column: error_message text | CloudTrail's message; for a denied web identity it never says why.
-- column: failures integer | Failed attempts, retries included.
-- column: minutes integer | Minutes in which an attempt failed, which counts a client's retries once.
-- column: first_time time | The first failure.
-- column: last_time time | The last failure.
-- column: mechanism text | irsa, pod-identity, web-identity (no Kubernetes subject) or assumed (a role by a role).
-- column: audience text | The token's audience, where the record has it.
-- column: provider text | The IAM OIDC provider of the token.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's.
-- engines: duckdb, athena, trino
-- read: Compare role_arn's trust policy with provider, namespace and ServiceAccount: the denial means that no statement of it matches.
-- limit: For Pod Identity, refusals to EKS as it assumed the role are here; EKS's own refusals to the agent (AssumeRoleForPodIdentity) are not.
-- limit: A role that failed to assume another is here unless something says that a person is behind it; it has a workload where its session is proven to be a workload's.
-- limit: A token that STS could not validate (wrong audience, expired, no provider) leaves no record: an empty answer does not mean that all is well.
-- ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
-- example: --since 24h
select
  f.workload_namespace as workload_namespace,
  f.workload_service_account as workload_service_account,
  f.workload_cluster as workload_cluster,
  f.role_arn as role_arn,
  f.error_code as error_code,
  f.error_message as error_message,
  count(*) as failures,
  count(distinct date_trunc('minute', f.event_time)) as minutes,
  min(f.event_time) as first_time,
  max(f.event_time) as last_time,
  f.mechanism as mechanism,
  f.audience as audience,
  f.provider as provider,
  f.workload_cluster_id as workload_cluster_id
from assumption_failures as f
where f.event_time >= cast(? as timestamp)
  and f.event_time < cast(? as timestamp)
  and (cast(? as varchar) is null or f.workload_namespace = ?)
group by
  f.workload_namespace,
  f.workload_service_account,
  f.workload_cluster,
  f.workload_cluster_id,
  f.role_arn,
  f.error_code,
  f.error_message,
  f.mechanism,
  f.audience,
  f.provider
order by
  count(*) desc,
  f.workload_namespace,
  f.workload_service_account,
  f.workload_cluster_id,
  f.role_arn,
  f.error_code,
  f.error_message,
  f.mechanism,
  f.audience
