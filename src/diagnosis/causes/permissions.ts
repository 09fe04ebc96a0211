// Causes of calls that are denied although the role was assumed: which kind of policy denies, as far as the message says it.

import type { Case } from '../case.ts';
import { isAssuming } from '../case.ts';
import {
  type CauseRule,
  type CauseRules,
  type Evidence,
  evidence,
  type Judgement,
  likely,
  proven,
} from '../cause.ts';
import { readDenial } from '../denial-message.ts';

export const PERMISSION_CAUSES = {
  // How messages spell the kinds of policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  'denied-by-identity-policy': ofKind('identity-based policy'),
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
      return denial === null || denial.kind !== null
        ? null
        : likely(`${denial.action ?? 'the action'} is denied`, evidence('credential_finding', denial.line));
    },
  },
} as const satisfies CauseRules;

function ofKind(named: string) {
  return {
    mechanism: 'any',
    symptoms: [
      {
        pattern: new RegExp(`because no ${named} allows the |with an explicit deny in an? ${named}`, 'i'),
        // The message is judged as a whole.
        means: null,
      },
    ],
    judge: (one: Case) => ofMessage(one, named),
  } as const satisfies CauseRule;
}

function ofMessage(one: Case, named: string): Judgement | 'refuted' | null {
  const denial = denialOf(one);
  if (denial === null || denial.kind === null) return null;
  if (denial.kind !== named) return 'refuted';
  const how = denial.isExplicit ? `an explicit deny in a ${named}` : `no ${named} allows it`;
  // That a node's role lacks it is no reason to widen the node's role.
  const isOfNode = /\/i-[0-9a-f]{8,17}$/.test(denial.caller ?? '');
  return (isOfNode ? likely : proven)(
    `${denial.action} on ${denial.resource ?? 'the resource'}: ${how}`,
    evidence('credential_finding', denial.line),
    ...policiesOf(one),
  );
}

/** What the role has, as far as it is known: a policy that should have allowed it may not be attached. */
function policiesOf({ aws }: Case): Evidence[] {
  const policies = aws?.role?.policies;
  return policies === undefined
    ? []
    : [evidence('credential_finding', `Policies of the role: ${policies.join(', ') || 'none'}.`)];
}

/** The denial that is judged: the record's own, else the first that was said. None where the role itself could not be assumed. */
export function denialOf(one: Case) {
  if (isAssuming(one.attempt.action) && one.isRefused && one.attempt.action !== 'AssumeRole') return null;
  for (const line of one.lines) {
    const denial = readDenial(line);
    if (denial !== null) return { ...denial, line };
  }
  return null;
}
