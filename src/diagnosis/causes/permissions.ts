// Causes of calls that are denied although the role was assumed: which kind of policy denies, as far as the message says it.

import { accountOfRole, type Case, isAssuming, roleName } from '../case.ts';
import {
  type CauseRule,
  type CauseRules,
  type Evidence,
  evidence,
  type Judgement,
  likely,
  proven,
} from '../cause.ts';
import { type Denial, isOfAnother, readDenial, roleOfSession } from '../denial-message.ts';

export const PERMISSION_CAUSES = {
  // How messages spell the kinds of policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  'denied-by-identity-policy': ofKind('identity-based policy', false),
  'explicitly-denied-by-identity-policy': ofKind('identity-based policy', true),
  'denied-by-resource-policy': ofKind('resource-based policy'),
  'denied-by-boundary': ofKind('permissions boundary'),
  'denied-by-service-control-policy': ofKind('service control policy'),
  'denied-by-resource-control-policy': ofKind('resource control policy'),
  'denied-by-session-policy': ofKind('session policy'),
  'denied-by-endpoint-policy': ofKind('VPC endpoint policy'),
  'denied-unsaid': {
    mechanism: 'any',
    symptoms: [],
    judge: (one) => {
      const denial = denialOf(one);
      return denial === null || denial.kind !== null || isAssuming(denial.action ?? one.attempt.action)
        ? null
        : likely(`${denial.action ?? 'the action'} is denied`, evidence('credential_finding', denial.line));
    },
  },
} as const satisfies CauseRules;

/** Of messages that say whether something is denied explicitly, only those that do, or only those that do not. */
function ofKind(named: string, isExplicit?: boolean) {
  const texts = [`because no ${named} allows the `, `with an explicit deny in an? ${named}`];
  const said = isExplicit === undefined ? texts : texts.slice(isExplicit ? 1 : 0, isExplicit ? 2 : 1);
  return {
    mechanism: 'any',
    symptoms: [
      {
        pattern: new RegExp(said.join('|'), 'i'),
        // The message is judged as a whole.
        means: null,
      },
    ],
    judge: (one: Case) => ofMessage(one, named, isExplicit),
  } as const satisfies CauseRule;
}

function ofMessage(one: Case, named: string, isExplicit?: boolean): Judgement | 'refuted' | null {
  const denial = denialOf(one);
  if (denial === null || denial.kind === null) return null;
  if (denial.kind !== named || (isExplicit !== undefined && denial.isExplicit !== isExplicit))
    return 'refuted';
  // The resource is a role, and its policy the trust policy, which is another cause.
  if (named === 'resource-based policy' && isAssuming(denial.action ?? undefined)) return 'refuted';
  const article = named.startsWith('identity') ? 'an' : 'a';
  const how = denial.isExplicit ? `an explicit deny in ${article} ${named}` : `no ${named} allows it`;
  // That a node's role or a user lacks it is no reason to allow it to them.
  return (isOfAnother(denial.caller) ? likely : proven)(
    `${denial.action} on ${denial.resource ?? 'the resource'}: ${how}`,
    evidence('credential_finding', denial.line),
    ...(named === 'permissions boundary' ? boundaryOf(one) : policiesOf(one)),
  );
}

/** What the role has, as far as it is known: a policy that should have allowed it may not be attached. */
function policiesOf({ aws }: Case): Evidence[] {
  const policies = aws?.role?.policies;
  return policies === undefined
    ? []
    : [evidence('credential_finding', `Policies of the role: ${policies.join(', ') || 'none'}.`)];
}

function boundaryOf({ aws }: Case): Evidence[] {
  const arn = aws?.role?.boundaryArn ?? null;
  return arn === null
    ? []
    : [evidence('credential_finding', `The role has the permissions boundary ${arn}.`)];
}

/** A pod that does not get its own role, which other causes explain. */
const OWN_ROLE =
  /AssumeRoleWithWebIdentity|AssumeRoleForPodIdentity|EKS does not have permissions to assume the associated role/i;

/** The denial that is judged: the record's own, else the first that was said. None where the pod's own role could not be assumed. */
export function denialOf(one: Case) {
  if (OWN_ROLE.test(one.attempt.action ?? '')) return null;
  for (const line of one.lines) {
    const denial = OWN_ROLE.test(line) ? null : readDenial(line);
    if (denial !== null) return { ...denial, line };
  }
  return null;
}

/** The denial where it is that of assuming a role with the credentials of another. */
export function assumptionDenialOf(one: Case) {
  const denial = denialOf(one);
  return isAssuming(denial?.action ?? undefined) ? denial : null;
}

/** Whether the role that was denied is the one that the session has already. */
export function isOfItself({ caller, resource }: Pick<Denial, 'caller' | 'resource'>): boolean {
  const own = roleOfSession(caller) ?? undefined;
  const [asked, account] = [resource ?? undefined, accountOfRole(own)];
  return account !== undefined && account === accountOfRole(asked) && roleName(own) === roleName(asked);
}
