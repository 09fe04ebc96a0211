// Owns what an OIDC issuer must be for STS to take its tokens, seen from outside and in IAM. CloudTrail holds no call's duration:
// how long the issuer takes to answer stands in for it.
import type { Findings, Handled, Metrics } from '../ports.ts';
import { datum } from './metrics.ts';
import { type Check, faultsOf, publishAll, type ToldFault } from './unfit.ts';

/** What was seen of an issuer. */
export interface IssuerState {
  /** Host and path. */
  issuer: string;
  cluster: string;
  /** How long the discovery document and the keys took together, in milliseconds; null where one did not come. */
  latencyMs: number | null;
  /** Why one did not come, or is not what STS needs; null where all is well. */
  fault: { kind: 'unreachable' | 'wrong-document' | 'no-signing-key'; detail: string } | null;
  certificates: IssuerCertificates | null;
  /** `unknown` where IAM could not be asked, as of another account; null where IAM has no such provider. */
  provider: IamProvider | 'unknown' | null;
}

export interface IssuerCertificates {
  /** Whether an authority that everybody trusts has signed them. */
  isTrusted: boolean;
  /** When the first of them ends, in epoch milliseconds. */
  end: number;
  /** SHA-1 of the last one, as IAM writes it: 40 hexadecimal digits. */
  thumbprint: string;
}

export interface IamProvider {
  arn: string;
  audiences: readonly string[];
  thumbprints: readonly string[];
}

export type IssuerFault =
  | 'unreachable'
  | 'wrong-document'
  | 'no-signing-key'
  | 'slow'
  | 'certificate-ends'
  | 'provider-missing'
  | 'audience-missing'
  | 'thumbprint-stale';

export interface IssuerFinding extends ToldFault<IssuerFault> {
  readonly kind: 'issuer-unfit';
  readonly issuer: string;
  readonly cluster: string;
}

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
/** STS gives up soon after, and says IDPCommunicationError. */
const SLOW_MS = 2_000;

/** The faults of an issuer, the gravest first; `audience` is what the cluster's tokens are made for. */
export function issuerFindings(state: IssuerState, audience: string, now: number): IssuerFinding[] {
  const { issuer, cluster, latencyMs, fault, certificates, provider } = state;
  const detail = fault?.detail ?? '';
  const known = provider === 'unknown' ? null : provider;
  const daysLeft = certificates === null ? null : daysUntil(certificates.end, now);
  const checks: Check<IssuerFault>[] = [
    [
      'unreachable',
      fault?.kind === 'unreachable',
      `STS cannot check tokens of the cluster: ${detail}`,
      "see whether the cluster is there, and what stands between it and the internet: the issuer's address is public",
    ],
    [
      'wrong-document',
      fault?.kind === 'wrong-document',
      `the issuer's discovery document or key set is not what STS needs: ${detail}`,
      "the document's issuer must be the address that tokens name, and its jwks_uri lead to the keys",
    ],
    [
      'no-signing-key',
      fault?.kind === 'no-signing-key',
      `no token of the cluster can be checked: ${detail}`,
      'publish the public half of the key that ServiceAccount tokens are signed with',
    ],
    [
      'slow',
      latencyMs !== null && latencyMs > SLOW_MS,
      `the issuer takes ${SLOW_MS} ms or more to answer; STS waits a few seconds only`,
      'see what slows it down; a bucket or a content network can serve the two documents',
    ],
    [
      'certificate-ends',
      daysLeft !== null && daysLeft < SOON_DAYS,
      'a certificate of the issuer ends within two weeks, or has ended: STS will not speak to it then',
      "renew it; that of an EKS cluster is AWS's to renew",
    ],
    [
      'provider-missing',
      provider === null,
      'the account has no OIDC provider for the issuer: no pod can assume a role by IRSA',
      `aws iam create-open-id-connect-provider --url https://${issuer} --client-id-list ${audience}`,
    ],
    [
      'audience-missing',
      known !== null && !known.audiences.includes(audience),
      `the provider does not take tokens for ${audience}`,
      `aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn ${known?.arn}`,
    ],
    [
      'thumbprint-stale',
      known !== null &&
        certificates !== null &&
        !certificates.isTrusted &&
        !known.thumbprints.some((one) => one.toLowerCase() === certificates.thumbprint),
      'no public authority has signed the certificate, so that IAM goes by the thumbprint, and that is another',
      `aws iam update-open-id-connect-provider-thumbprint --thumbprint-list ${certificates?.thumbprint} --open-id-connect-provider-arn ${known?.arn}`,
    ],
  ];
  return faultsOf(issuer, checks, now).map((told) => ({ kind: 'issuer-unfit', issuer, cluster, ...told }));
}

function daysUntil(end: number, now: number): number {
  return Math.floor((end - now) / DAY_MS);
}

/** Tells of each fault once a day and puts what was measured; returns the faults of all issuers. */
export async function checkIssuers(
  states: readonly IssuerState[],
  audience: string,
  ports: { handled: Handled; findings: Findings; metrics: Metrics },
  now: number,
): Promise<IssuerFinding[]> {
  const found = states.map((state) => issuerFindings(state, audience, now));
  const measured = states.flatMap(({ cluster, latencyMs, certificates }) =>
    // By cluster for people, over all of them for alarms.
    [{}, { Cluster: cluster }].flatMap((whose) => [
      ...(latencyMs === null ? [] : [datum('IssuerLatencyMs', now, whose, latencyMs)]),
      ...(certificates === null
        ? []
        : [datum('IssuerCertificateDaysLeft', now, whose, daysUntil(certificates.end, now))]),
    ]),
  );
  await ports.metrics.put([
    ...measured,
    datum('IssuersProbed', now, {}, states.length),
    datum('IssuersUnfit', now, {}, found.filter((faults) => faults.length > 0).length),
  ]);
  const all = found.flat();
  await publishAll(all, ports);
  return all;
}
