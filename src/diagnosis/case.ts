// Prepares the facts of one failure for the catalogue: the lines to search, and what the trust policy answers.
import type { Attempt, ContainerFacts, Facts } from './facts.ts';
import { PolicyError } from './policy/policy-error.ts';
import type { TrustRequest } from './policy/request.ts';
import {
  anyPodRequest,
  type Owner,
  ownerOf,
  partitionOf,
  podIdentityRequest,
  tokenRequest,
  untaggedPodRequest,
} from './policy/token-request.ts';
import { type Answer, answer, readTrustPolicy, type TrustPolicy } from './policy/trust-policy.ts';

/** What the role's trust policy says to the attempt. */
export interface Trust {
  readonly answer: Answer;
  readonly policy: TrustPolicy;
  readonly request: TrustRequest;
  /** The audience was not known and taken to be that of STS. */
  readonly isAudienceAssumed: boolean;
}

export interface Case extends Facts {
  /** What clients said, and the record's own error as `code: message`. */
  readonly lines: readonly string[];
  /** Null where the policy or who asks is not known. */
  readonly trust: Trust | null;
  /** Why a given trust policy could not be evaluated. */
  readonly trustFault: string | null;
  /** IAM refused the assumption of the role, by the record or by what was said. */
  readonly isRefused: boolean;
}

/** What STS expects of a token where nothing else is set. */
export const STS_AUDIENCE = 'sts.amazonaws.com';

/** Adds to the facts what every cause asks of them: the lines that were said, what the trust policy answers, whether IAM refused. */
export function caseOf(facts: Facts): Case {
  const { attempt, said = [] } = facts;
  const own =
    attempt.errorCode === undefined && attempt.errorMessage === undefined
      ? []
      : [[attempt.errorCode, attempt.errorMessage].filter((part) => part !== undefined).join(': ')];
  const lines = [...own, ...said];
  return { ...facts, lines, ...trustOf(facts), isRefused: isRefused(attempt, lines) };
}

function trustOf(facts: Facts): Pick<Case, 'trust' | 'trustFault'> {
  const written = facts.aws?.role?.trustPolicy;
  const request = requestOf(facts);
  if (written === undefined) return { trust: null, trustFault: null };
  try {
    const policy = readTrustPolicy(written);
    if (request === null) return { trust: null, trustFault: null };
    const isAudienceAssumed =
      facts.attempt.mechanism !== 'pod-identity' && facts.attempt.audience === undefined;
    return {
      trust: { policy, request, answer: answer(policy, request), isAudienceAssumed },
      trustFault: null,
    };
  } catch (error) {
    if (error instanceof PolicyError) return { trust: null, trustFault: error.message };
    throw error;
  }
}

/** What the attempt asks of the role; null where the attempt is not known well enough. */
function requestOf({ attempt, aws }: Facts): TrustRequest | null {
  const { namespace, serviceAccount, mechanism, issuer, audience, clusterArn, roleArn } = attempt;
  const associations = mechanism === 'pod-identity' ? (aws?.associations ?? []) : [];
  const isNamed = namespace !== undefined && serviceAccount !== undefined;
  const association = associations.find((one) => [one.roleArn, one.targetRoleArn].includes(roleArn ?? ''));
  // A target role is assumed by the association's role, not by EKS.
  if (association !== undefined && association.roleArn !== roleArn) return null;
  if (mechanism === 'pod-identity' && association?.hasSessionTags === false) return untaggedPodRequest();
  // A record of the agent names no pod.
  if (mechanism === 'pod-identity')
    return isNamed && clusterArn !== undefined
      ? podIdentityRequest({ namespace, serviceAccount, cluster: clusterArn })
      : anyPodRequest();
  if (!isNamed) return null;
  const owner = ownerOfRole(attempt);
  if (issuer === undefined || owner === null) return null;
  const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
  return tokenRequest({ subject, issuer, audience: audience ?? STS_AUDIENCE, owner });
}

/** Where nothing names the role, the account that the record was delivered to has it. */
function ownerOfRole({ roleArn, accountId, issuer = '' }: Attempt): Owner | null {
  const owner = ownerOf(roleArn ?? '');
  if (owner !== null || accountId === undefined) return owner;
  return { partition: partitionOf(issuer), account: accountId };
}

/** Twelve digits; undefined where it is no role's ARN. */
export function accountOfRole(arn: string | undefined): string | undefined {
  return /^arn:[a-z-]+:iam::(\d{12}):role\/./.exec(arn ?? '')?.[1];
}

/** The role's name, without its path. */
export function roleName(arn: string | undefined): string | undefined {
  return /^arn:[a-z-]+:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/.exec(arn ?? '')?.[1];
}

/** Whether both are of one account and have one name, which is unique in it whatever path and case the ARNs have. */
export function isNamesake(a: string | undefined, b: string | undefined): boolean {
  const [name, account] = [roleName(a)?.toLowerCase(), accountOfRole(a)];
  return name !== undefined && name === roleName(b)?.toLowerCase() && account === accountOfRole(b);
}

const ASSUMING = /^(sts:)?(AssumeRoleWithWebIdentity|AssumeRole|TagSession)$|AssumeRoleForPodIdentity$/;

export function isAssuming(action: string | undefined): boolean {
  return action !== undefined && ASSUMING.test(action);
}

function isRefused({ action, errorCode, errorMessage = '' }: Attempt, lines: readonly string[]): boolean {
  // The node may not even ask, so that nothing is said of the role.
  if (/not authorized to perform:? eks-auth:/i.test(errorMessage)) return false;
  if (isAssuming(action) && /^AccessDenied(Exception)?$/.test(errorCode ?? '')) return true;
  return lines.some((line) =>
    /not authorized to perform:? sts:(AssumeRoleWithWebIdentity|TagSession)|EKS does not have permissions to assume the associated role/i.test(
      line,
    ),
  );
}

/** The token that web identity is told to read; undefined where no such file is mounted. */
export function webToken({ environment, tokenFiles }: ContainerFacts) {
  return tokenFiles.find(({ path }) => path === environment.AWS_WEB_IDENTITY_TOKEN_FILE);
}

/** Variables that steer credentials, of every container of the ServiceAccount's pods. */
export function containersOf({ cluster }: Facts) {
  return (cluster?.pods ?? []).flatMap((pod) => pod.containers.map((container) => ({ pod, container })));
}
