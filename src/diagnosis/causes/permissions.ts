// Causes of calls that are denied although the role was assumed: which kind of policy denies, as far as the message says it.

import type { Case } from '../case.ts';
import { isAssuming } from '../case.ts';
import { type Cause, type Evidence, evidence, type Judgement, likely, proven } from '../cause.ts';
import { readDenial } from '../denial-message.ts';

const WHO = 'the owner of the role';
const TRAIL =
  'The denied call itself, with AccessDenied and, for most services, the kind of policy in its message';
const LINKS = ['https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html'];
const SIMULATE =
  'aws iam simulate-principal-policy --policy-source-arn <role-arn> --action-names <denied-action>';
const SHARED = {
  root: 'permissions_policy',
  mechanism: 'any',
  symptoms: [],
  trail: TRAIL,
  who: WHO,
  tell: SIMULATE,
  links: LINKS,
} as const;
const SIMULATION = { command: SIMULATE, safety: 'GREEN', needs: 'nobody' } as const;

/** How messages spell the kinds of policy, and what to do about each. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const KINDS = [
  {
    id: 'identity-policy',
    named: 'identity-based policy',
    title: "The role's own policies do not allow the action",
    immediate: 'Add a statement for this action on this resource to a policy of the role, and nothing more.',
    command:
      'aws iam put-role-policy --role-name <role> --policy-name <name> --policy-document file://statement.json',
    needs: 'the owner of the role and the security team',
  },
  {
    id: 'resource-policy',
    named: 'resource-based policy',
    title: "The resource's policy does not allow the role, or denies it",
    immediate: 'Ask the owner of the resource (bucket, key, queue, secret) to admit the role.',
    command: 'aws s3api get-bucket-policy --bucket <bucket>',
    needs: 'the owner of the resource',
  },
  {
    id: 'boundary',
    named: 'permissions boundary',
    title: "The role's permissions boundary does not allow the action",
    immediate: 'Ask whoever owns the boundary; a policy of the role cannot go beyond it.',
    command: 'aws iam get-role --role-name <role> --query Role.PermissionsBoundary',
    needs: 'whoever owns the boundary',
  },
  {
    id: 'service-control-policy',
    named: 'service control policy',
    title: 'A service control policy of the organization denies the action',
    immediate:
      "Ask whoever administers the organization's policies; no policy of the account can go beyond it.",
    command:
      'aws organizations list-policies-for-target --target-id <account> --filter SERVICE_CONTROL_POLICY',
    needs: "access to the organization's management account",
  },
  {
    id: 'resource-control-policy',
    named: 'resource control policy',
    title: 'A resource control policy of the organization denies the action',
    immediate: "Ask whoever administers the organization's policies of the resource's account.",
    command:
      'aws organizations list-policies-for-target --target-id <account> --filter RESOURCE_CONTROL_POLICY',
    needs: "access to the organization's management account",
  },
  {
    id: 'session-policy',
    named: 'session policy',
    title: 'The session was given a policy of its own that does not allow the action',
    immediate:
      'Look at what the client hands over when it assumes the role, or at the policy of the Pod Identity association.',
    command:
      'aws eks list-pod-identity-associations --cluster-name <cluster> --namespace <namespace> --service-account <service-account>',
    needs: 'the owner of the workload',
  },
  {
    id: 'endpoint-policy',
    named: 'VPC endpoint policy',
    title: 'The policy of a VPC endpoint does not allow the action',
    immediate: "Ask whoever owns the network to admit the role or action in the endpoint's policy.",
    command: 'aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=<vpc>',
    needs: 'whoever owns the network',
  },
] as const;

type Kind = (typeof KINDS)[number];

export const PERMISSION_CAUSES: readonly Cause[] = [
  ...KINDS.map((kind): Cause => ofKind(kind)),
  {
    ...SHARED,
    id: 'denied-unsaid',
    title: 'The action is denied, and the message does not say by which kind of policy',
    proves: 'Nothing: the service leaves it out, as it does across accounts.',
    suggests: 'The denied call.',
    immediate:
      "Simulate the action; where the role's policies allow it, look at the resource's policy and the organization's.",
    longTerm: 'Derive policies from what is used: podtrail ask used-actions.',
    actions: [SIMULATION],
    judge: (one) => {
      const denial = denialOf(one);
      return denial === null || denial.kind !== null
        ? null
        : likely(`${denial.action ?? 'the action'} is denied`, evidence('credential_finding', denial.line));
    },
  },
];

function ofKind({ id, named, title, immediate, command, needs }: Kind): Cause {
  const changes = id === 'identity-policy';
  return {
    ...SHARED,
    id: `denied-by-${id}`,
    title,
    symptoms: [
      {
        text: `… is not authorized to perform: s3:GetObject on resource: … because no ${named} allows the s3:GetObject action`,
        pattern: new RegExp(`because no ${named} allows the |with an explicit deny in an? ${named}`, 'i'),
        // The message is judged as a whole.
        means: null,
      },
    ],
    proves: `The message says "${named}".`,
    suggests: 'Nothing.',
    immediate,
    longTerm: 'Derive policies from what is used: podtrail ask used-actions.',
    actions: [SIMULATION, { command, safety: changes ? 'RED' : 'GREEN', needs }],
    judge: (one) => ofMessage(one, named),
  };
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
