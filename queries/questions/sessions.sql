-- id: questions/sessions
-- question: Which sessions were issued, for which role, and to which workload?
-- grain: one row per issued session
-- uses: sessions
-- param: namespace text optional | Only this Kubernetes namespace.
-- param: service_account text optional | Only this ServiceAccount.
-- param: role text optional | Only sessions of this role, by its ARN.
-- param: others boolean default false | Also sessions that no issuance ties to a workload: those of people, services and build jobs, and of callers whose workload is only inferred.
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 1000 | Rows at most, the earliest first.
-- bind: since, until, namespace, namespace, service_account, service_account, role, role, others, limit
-- column: issued_at time | When the key was handed out.
-- column: expires_at time | When it stops working; empty where the record does not say.
-- column: access_key_id text | The session's key (ASIA…).
-- column: workload_namespace text | The Kubernetes namespace; empty where it could not be named.
-- column: workload_service_account text | The Kubernetes ServiceAccount.
-- column: workload_cluster text | The cluster's name, else its issuer.
-- column: workload_pod text | The pod, where the evidence names it.
-- column: role_arn text | The session's role.
-- column: role_session_name text | The session's name.
-- column: mechanism text | irsa, pod-identity, web-identity (no Kubernetes subject) or assumed (a role by another caller); empty where a chain may have begun in several ways.
-- column: hops texts | Role ARNs from the first known role to the session's.
-- column: evidence text | The rung of the evidence ladder that decided: own-token, session-tags or chained.
-- column: confidence text | exact, ambiguous or unknown.
-- column: is_delegated boolean | Whether a known delegate took the session as the ServiceAccount.
-- column: parent_access_key_id text | The key that asked for the session, where one did.
-- column: source_ip_address text | Where the request came from.
-- column: event_id text | The id of the issuance; session-timeline takes it or the key.
-- column: workload_cluster_id text | The cluster's ARN, else its OIDC provider's, which differs where cluster names are the same.
-- engines: duckdb, athena, trino
-- read: A key works from issued_at to expires_at, even if its pod is gone; session-timeline shows what it did.
-- limit: A session issued before the records begin is not here, though its calls may be.
-- limit: For Pod Identity, source_ip_address is a service's name: EKS issues a pod's credentials to the agent of its node.
-- example: --since 24h
-- example: --since 24h --others true
-- example: --namespace payments --service-account api --since 24h
select
  s.issued_at as issued_at,
  s.expires_at as expires_at,
  s.access_key_id as access_key_id,
  s.workload_namespace as workload_namespace,
  s.workload_service_account as workload_service_account,
  s.workload_cluster as workload_cluster,
  s.workload_pod as workload_pod,
  s.role_arn as role_arn,
  s.role_session_name as role_session_name,
  s.mechanism as mechanism,
  coalesce(json_format(cast(s.hops as json)), '[]') as hops,
  s.evidence as evidence,
  coalesce(s.confidence, 'unknown') as confidence,
  s.is_delegated as is_delegated,
  s.parent_access_key_id as parent_access_key_id,
  s.source_ip_address as source_ip_address,
  s.event_id as event_id,
  s.workload_cluster_id as workload_cluster_id
from sessions as s
where s.issued_at >= cast(? as timestamp)
  and s.issued_at < cast(? as timestamp)
  and (cast(? as varchar) is null or s.workload_namespace = ?)
  and (cast(? as varchar) is null or s.workload_service_account = ?)
  and (cast(? as varchar) is null or s.role_arn = ?)
  and (s.confidence is not null or s.mechanism in ('irsa', 'pod-identity') or cast(? as boolean))
order by
  s.issued_at,
  s.event_id,
  s.recipient_account_id,
  s.aws_region,
  s.session_key
limit ?
