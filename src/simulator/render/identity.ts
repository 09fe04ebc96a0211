// Owns the text of `userIdentity` for every kind of caller.

import { assumedRoleArn, isoSeconds } from '../aws-text.ts';
import type { PlannedRecord, Principal } from '../plan.ts';
import type { Session } from '../sessions.ts';

/** The caller as the record shows it; older records carry an empty `webIdFederationData` where there is none. */
export function renderIdentity(record: PlannedRecord, eventVersion: string): object {
  const { principal, action } = record;
  switch (principal.kind) {
    case 'session':
      return roleSession(principal, eventVersion);
    case 'token':
      return {
        type: 'WebIdentityUser',
        principalId: `${principal.provider.arn}:${principal.audience}:${principal.subject}`,
        userName: principal.subject,
        identityProvider: principal.provider.arn,
      };
    case 'service':
      if (action.kind === 'call' && action.api.eventType === 'AwsServiceEvent')
        return { accountId: record.account, invokedBy: principal.service };
      return { type: 'AWSService', invokedBy: principal.service };
    case 'user': {
      const { user } = principal;
      const isLogin = action.kind === 'call' && action.api.eventType === 'AwsConsoleSignIn';
      return {
        type: 'IAMUser',
        principalId: user.uniqueId,
        arn: `arn:aws:iam::${user.account}:user/${user.name}`,
        accountId: user.account,
        accessKeyId: isLogin ? undefined : user.accessKeyId,
        userName: user.name,
      };
    }
    case 'account':
      return {
        type: 'AWSAccount',
        principalId: principal.session.assumedRoleId,
        accountId: principal.session.role.account,
      };
  }
}

export function callerArn(session: Session): string {
  return assumedRoleArn(session.role.account, session.role.name, session.name);
}

function roleSession(principal: Extract<Principal, { kind: 'session' }>, eventVersion: string): object {
  const { session, key, invokedBy, bucketKey } = principal;
  const { role, provider } = session;
  const who = {
    type: 'AssumedRole',
    principalId: session.assumedRoleId,
    arn: callerArn(session),
    accountId: role.account,
  };
  if (bucketKey) {
    const attributes = { creationDate: isoSeconds(bucketKey.startedAt) };
    return { ...who, accessKeyId: bucketKey.accessKeyId, sessionContext: { attributes } };
  }
  return {
    ...who,
    accessKeyId: key ?? undefined,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: role.uniqueId,
        arn: role.arn,
        accountId: role.account,
        userName: role.name,
      },
      webIdFederationData: provider
        ? { federatedProvider: provider.arn, attributes: {} }
        : eventVersion === '1.08'
          ? {}
          : undefined,
      attributes: {
        creationDate: isoSeconds(session.startedAt + session.startLag),
        mfaAuthenticated: 'false',
      },
      ec2RoleDelivery: session.origin === 'instance' ? '2.0' : undefined,
    },
    invokedBy: invokedBy ?? undefined,
  };
}
