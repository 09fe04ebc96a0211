// Owns the text of what is asked of STS and EKS Auth, and of what they answer.

import { assumedRoleArn, expirationText } from '../aws-text.ts';
import type { Action, Assumption, PlannedRecord, Tag } from '../plan.ts';
import type { RandomSource } from '../random-source.ts';
import type { RecordBody } from './record-body.ts';

/** Starts every session token that the simulator hands out, so that a leak can be searched for. */
export const SESSION_TOKEN_MARK = 'FAKESESSIONTOKEN';

const TOKEN_FILLER = 'IQoJb3JpZ2luX2VjEJf'.repeat(24);

export function webIdentityBody(
  record: PlannedRecord,
  action: Extract<Action, { kind: 'web-identity' }>,
  random: RandomSource,
): RecordBody {
  const { principal, region } = record;
  const { assumption, globalFrom } = action;
  const { session } = assumption;
  const token = principal.kind === 'token' ? principal : undefined;
  return {
    service: 'sts',
    name: 'AssumeRoleWithWebIdentity',
    readOnly: true,
    request: {
      roleArn: assumption.role.arn,
      roleSessionName: assumption.sessionName,
      durationSeconds: assumption.seconds ?? undefined,
    },
    response: session && {
      credentials: credentials(assumption, random),
      subjectFromWebIdentityToken: token?.subject,
      assumedRoleUser: assumedRoleUser(assumption),
      provider: token?.provider.arn,
      audience: token?.audience,
    },
    extra: session && {
      identityProviderConnectionVerificationMethod: 'IAMTrustStore',
      RequestDetails: {
        awsServingRegion: globalFrom ?? region,
        endpointType: globalFrom ? 'global' : 'regional',
      },
    },
    resources: roleResources(assumption),
    host: globalFrom ? 'sts.amazonaws.com' : `sts.${region}.amazonaws.com`,
  };
}

export function assumeRoleBody(
  record: PlannedRecord,
  assumption: Assumption,
  random: RandomSource,
): RecordBody {
  const { outcome, principal, region } = record;
  const isHidden = typeof outcome === 'object' && outcome.hidesRequest;
  const byService = principal.kind === 'service';
  return {
    service: 'sts',
    name: 'AssumeRole',
    readOnly: true,
    request: isHidden ? null : assumeRoleRequest(assumption),
    response: assumption.session && {
      credentials: credentials(assumption, random),
      assumedRoleUser: assumedRoleUser(assumption),
      packedPolicySize: assumption.tags.length > 0 ? random.between(40, 80) : undefined,
    },
    extra: byService ? undefined : { RequestDetails: { awsServingRegion: region, endpointType: 'regional' } },
    resources: isHidden ? undefined : roleResources(assumption),
    host: byService ? undefined : `sts.${region}.amazonaws.com`,
  };
}

export function podIdentityAuthBody(record: PlannedRecord, clusterName: string): RecordBody {
  return {
    service: 'eks-auth',
    name: 'AssumeRoleForPodIdentity',
    readOnly: true,
    request: { clusterName, token: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    response: null,
    extra: undefined,
    resources: undefined,
    host: `eks-auth.${record.region}.api.aws`,
  };
}

function assumeRoleRequest(assumption: Assumption): object {
  const { tags, incomingTags } = assumption;
  return {
    roleArn: assumption.role.arn,
    roleSessionName: assumption.sessionName,
    durationSeconds: assumption.seconds ?? undefined,
    incomingTransitiveTags: incomingTags.length > 0 ? tagMap(incomingTags) : undefined,
    tags: tags.length > 0 ? tags : undefined,
    transitiveTagKeys: tags.length > 0 ? tags.map(({ key }) => key) : undefined,
  };
}

function tagMap(tags: readonly Tag[]): object {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

function credentials({ session }: Assumption, random: RandomSource): object | undefined {
  return (
    (session && {
      accessKeyId: session.key,
      sessionToken: `${SESSION_TOKEN_MARK}${random.hex(64)}${TOKEN_FILLER}`,
      expiration: expirationText(session.expiresAt),
    }) ??
    undefined
  );
}

function assumedRoleUser({ role, session }: Assumption): object | undefined {
  if (!session?.showsAssumedRole) return undefined;
  return {
    assumedRoleId: session.assumedRoleId,
    arn: assumedRoleArn(role.account, role.name, session.name),
  };
}

function roleResources({ role }: Assumption): object[] {
  return [{ accountId: role.account, type: 'AWS::IAM::Role', ARN: role.arn }];
}
