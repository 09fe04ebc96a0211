// Finds the roles that, by a snapshot of IAM and EKS, serve one workload only: the rungs `trust-policy` and `association`.
import { parseSubject } from '../identity/subject.ts';
import { STS_AUDIENCE } from './case.ts';
import { Effort } from './policy/effort.ts';
import { evaluate } from './policy/evaluate.ts';
import { claimOfKey, issuerOfProvider } from './policy/issuer.ts';
import type { Condition, Statement } from './policy/policy.ts';
import { PolicyError } from './policy/policy-error.ts';
import { ownerOf, tokenRequest } from './policy/token-request.ts';
import { readTrustPolicy, type TrustPolicy } from './policy/trust-policy.ts';

/** What a command wrote of one account at one time; times are ISO 8601. */
export interface Snapshot {
  readonly version: 1;
  readonly takenAt: string;
  readonly account: string;
  readonly roles: readonly { readonly arn: string; readonly trustPolicy: string }[];
  readonly associations: readonly SnapshotAssociation[];
  /** What could not be read. A role may serve more than the snapshot says where this is not empty. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
}

export interface SnapshotAssociation {
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  readonly targetRoleArn: string | null;
}

/** A row of the relation `snapshot_roles`. */
export interface SnapshotRole {
  readonly evidence: 'trust-policy' | 'association';
  readonly role_arn: string;
  /** Of a trust policy. */
  readonly provider: string | null;
  /** Of an association. */
  readonly cluster_id: string | null;
  readonly cluster: string | null;
  readonly namespace: string;
  readonly service_account: string;
}

/** Roles that serve one workload each; all others are left out, and so are those of which the snapshot does not tell enough. */
export function snapshotRoles({ roles, associations, unread }: Snapshot): SnapshotRole[] {
  const policies = new Map(roles.flatMap(({ arn, trustPolicy }) => readable(arn, trustPolicy)));
  const byPolicy = [...policies].flatMap(([arn, policy]) => ofPolicy(arn, policy));
  const byAssociation =
    unread.length > 0 ? [] : associations.flatMap((one) => ofAssociation(one, associations, policies));
  return [...byPolicy, ...byAssociation];
}

/** A policy that can't be read says nothing. */
function readable(arn: string, text: string): [string, TrustPolicy][] {
  try {
    return [[arn, readTrustPolicy(text)]];
  } catch (error) {
    if (error instanceof PolicyError) return [];
    throw error;
  }
}

function ofPolicy(roleArn: string, trust: TrustPolicy): SnapshotRole[] {
  const { statements, faults } = trust.policy;
  const allowing = statements.filter((one): one is Statement => one?.effect === 'Allow');
  // An exclusion, a wildcard or a fault admits whom nobody has listed.
  if (
    faults.length > 0 ||
    !allowing.every(({ principal }) => principal.element === 'Principal' && !principal.isEveryone)
  )
    return [];
  const listed = allowing.flatMap(({ principal }) => [...principal.byType.values()].flat());
  if (listed.some((one) => /[*?]/.test(one))) return [];
  const providers = new Set(allowing.flatMap(({ principal }) => principal.byType.get('Federated') ?? []));
  return [...providers].flatMap((provider) => {
    const issuer = issuerOfProvider(provider);
    if (issuer === null) return [];
    const own = allowing.filter(({ principal }) => principal.byType.get('Federated')?.includes(provider));
    const subjects = own.map(({ conditions }) => exactSubjects(conditions, issuer));
    const all = new Set(subjects.flatMap((some) => some ?? []));
    const [only] = all;
    const subject = parseSubject(only ?? null);
    if (subjects.includes(null) || all.size !== 1 || only === undefined || subject === null) return [];
    if (!admits(trust, provider, issuer, only)) return [];
    const { namespace, serviceAccount } = subject;
    return [
      {
        evidence: 'trust-policy',
        role_arn: roleArn,
        provider,
        cluster_id: null,
        cluster: null,
        namespace,
        service_account: serviceAccount,
      },
    ];
  });
}

/** The subjects that a statement's conditions leave; null where they leave others than those that they name. */
function exactSubjects(conditions: readonly Condition[], issuer: string): string[] | null {
  const own = conditions.filter(({ key }) => {
    const claim = claimOfKey(key);
    return claim?.claim === 'sub' && claim.issuer.toLowerCase() === issuer.toLowerCase();
  });
  const exact = own.find(
    ({ operator, values }) =>
      /^(ForAnyValue:)?(StringEquals|StringLike)$/.test(operator) &&
      values?.every((value) => !/[*?]|\$\{/.test(value)) === true,
  );
  return exact?.values ? [...exact.values] : null;
}

function admits({ policy }: TrustPolicy, provider: string, issuer: string, subject: string): boolean {
  const owner = ownerOf(provider);
  if (owner === null) return false;
  const request = tokenRequest({ subject, issuer, audience: STS_AUDIENCE, owner });
  return evaluate(policy, request, new Effort()).decision === 'allowed';
}

/** Only where the role trusts nobody but EKS, and one association alone gives it. */
function ofAssociation(
  association: SnapshotAssociation,
  all: readonly SnapshotAssociation[],
  policies: ReadonlyMap<string, TrustPolicy>,
): SnapshotRole[] {
  const { roleArn, targetRoleArn, clusterArn, clusterName, namespace, serviceAccount } = association;
  const policy = policies.get(roleArn)?.policy;
  const isShared = all.some(
    (other) => other !== association && (other.roleArn === roleArn || other.targetRoleArn === roleArn),
  );
  if (policy === undefined || targetRoleArn !== null || isShared || policy.faults.length > 0) return [];
  const allowing = policy.statements.filter((one): one is Statement => one?.effect === 'Allow');
  const isOfEks = allowing.every(
    ({ principal: { element, isEveryone, byType } }) =>
      element === 'Principal' &&
      !isEveryone &&
      [...byType].every(
        ([type, names]) => type === 'Service' && names.every((name) => name === 'pods.eks.amazonaws.com'),
      ),
  );
  if (!isOfEks || allowing.length === 0) return [];
  return [
    {
      evidence: 'association',
      role_arn: roleArn,
      provider: null,
      cluster_id: clusterArn,
      cluster: clusterName,
      namespace,
      service_account: serviceAccount,
    },
  ];
}
