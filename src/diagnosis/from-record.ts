// The facts of a failure that one record gives, for the live path.
import { compact } from '../compact.ts';
import type { Issuance } from '../identity/issuance.ts';
import type { Workload } from '../identity/workload.ts';
import type { TrailRecord } from '../trail/record.ts';
import { regionOf } from './command.ts';
import type { Attempt } from './facts.ts';
import { issuerOfProvider } from './policy/issuer.ts';

/** `issuance` is what the record says of itself as an attempt, `workload` who is behind it, as far as either is known. */
export function attemptOfRecord(
  record: TrailRecord,
  issuance: Issuance | null,
  { workload, roleArn }: { workload: Workload | null; roleArn: string | null },
): Attempt {
  const issuer = issuerOfProvider(issuance?.provider ?? '') ?? undefined;
  const clusterArn = workload?.clusterId?.includes(':cluster/') === true ? workload.clusterId : undefined;
  const service = record.eventSource.replace(/[.]amazonaws[.]com(\.cn)?$/, '');
  const isAssumption = issuance !== null || record.eventName === 'AssumeRoleForPodIdentity';
  return compact({
    mechanism: mechanismOf(record, issuance),
    namespace: workload?.namespace,
    serviceAccount: workload?.serviceAccount,
    issuer,
    audience: audienceOf(record, issuance),
    roleArn: roleArn ?? undefined,
    region: regionOf(issuer) ?? record.awsRegion ?? undefined,
    accountId: record.recipientAccountId ?? undefined,
    clusterName: workload?.cluster ?? undefined,
    clusterArn,
    action: isAssumption ? record.eventName : `${service}:${record.eventName}`,
    errorCode: record.errorCode ?? undefined,
    errorMessage: record.errorMessage ?? undefined,
    at: record.eventTime,
  });
}

function mechanismOf(record: TrailRecord, issuance: Issuance | null): Attempt['mechanism'] {
  if (record.eventName === 'AssumeRoleForPodIdentity') return 'pod-identity';
  if (issuance?.mechanism === 'irsa' || issuance?.mechanism === 'web-identity') return 'irsa';
  return issuance?.mechanism === 'pod-identity' ? 'pod-identity' : undefined;
}

/** `principalId` is `<provider>:<audience>:<subject>`; of a failure nothing else tells the audience. */
function audienceOf({ principal, assumption }: TrailRecord, issuance: Issuance | null): string | undefined {
  const [before, after] = [`${issuance?.provider}:`, `:${principal.userName}`];
  const id = principal.principalId ?? '';
  if (assumption?.audience !== null && assumption?.audience !== undefined) return assumption.audience;
  return id.startsWith(before) && id.endsWith(after) && id.length > before.length + after.length
    ? id.slice(before.length, -after.length)
    : undefined;
}
