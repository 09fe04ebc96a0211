// Texts for the causes of denied calls after the role was assumed; permissions.ts judges them.
import type { Action, CauseText, TextsOf } from '../cause.ts';
import type { PERMISSION_CAUSES } from './permissions.ts';

const WHO = 'the owner of the role';
const TRAIL =
  'The denied call itself, with AccessDenied and, for most services, the kind of policy in its message';
const LINKS = ['https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html'];
const SIMULATE =
  'aws iam simulate-principal-policy --policy-source-arn <denied-role-arn> --action-names <denied-action>';

const SHARED = {
  root: 'permissions_policy',
  trail: TRAIL,
  who: WHO,
  tell: SIMULATE,
  links: LINKS,
} as const;
const SIMULATION = { command: SIMULATE, safety: 'GREEN', needs: 'nobody' } as const;

export const PERMISSION_TEXTS: TextsOf<typeof PERMISSION_CAUSES> = {
  'denied-by-identity-policy': ofKind('identity-based policy', {
    title: "The role's own policies do not allow the action",
    immediate: 'Add a statement for this action on this resource to a policy of the role, and nothing more.',
    command:
      'aws iam put-role-policy --role-name <denied-role> --policy-name <name> --policy-document file://statement.json',
    needs: 'the owner of the role and the security team',
    safety: 'RED',
  }),
  'explicitly-denied-by-identity-policy': {
    ...ofKind('identity-based policy', {
      title: "One of the role's own policies denies the action explicitly",
      immediate:
        'Find the Deny statement in the policies of the role, and ask whoever wrote it whether it means this call; no other statement can allow it.',
      command: 'aws iam list-attached-role-policies --role-name <denied-role>',
      needs: 'nobody',
    }),
    prints: [
      '… is not authorized to perform: s3:GetObject on resource: … with an explicit deny in an identity-based policy',
    ],
    proves: 'The message says "with an explicit deny in an identity-based policy".',
    longTerm: "Say in the statement's Sid what it keeps out.",
  },
  'denied-by-resource-policy': ofKind('resource-based policy', {
    title: "The resource's policy does not allow the role, or denies it",
    immediate: 'Ask the owner of the resource (bucket, key, queue, secret) to admit the role.',
    command: 'aws s3api get-bucket-policy --bucket <bucket>',
    needs: 'the owner of the resource',
  }),
  'denied-by-boundary': ofKind('permissions boundary', {
    title: "The role's permissions boundary does not allow the action",
    immediate: 'Ask whoever owns the boundary; a policy of the role cannot go beyond it.',
    command: 'aws iam get-role --role-name <denied-role> --query Role.PermissionsBoundary',
    needs: 'whoever owns the boundary',
  }),
  'denied-by-service-control-policy': ofKind('service control policy', {
    title: 'A service control policy of the organization denies the action',
    immediate:
      "Ask whoever administers the organization's policies; no policy of the account can go beyond it.",
    command:
      'aws organizations list-policies-for-target --target-id <account> --filter SERVICE_CONTROL_POLICY',
    needs: "access to the organization's management account",
  }),
  'denied-by-resource-control-policy': ofKind('resource control policy', {
    title: 'A resource control policy of the organization denies the action',
    immediate: "Ask whoever administers the organization's policies of the resource's account.",
    command:
      'aws organizations list-policies-for-target --target-id <account> --filter RESOURCE_CONTROL_POLICY',
    needs: "access to the organization's management account",
  }),
  'denied-by-session-policy': ofKind('session policy', {
    title: 'The session was given a policy of its own that does not allow the action',
    immediate:
      'Look at the policy that the client passes when it assumes the role, or at the policy of the Pod Identity association.',
    command:
      'aws eks list-pod-identity-associations --cluster-name <cluster> --namespace <namespace> --service-account <service-account>',
    needs: 'the owner of the workload',
  }),
  'denied-by-endpoint-policy': ofKind('VPC endpoint policy', {
    title: 'The policy of a VPC endpoint does not allow the action',
    immediate: "Ask whoever owns the network to admit the role or action in the endpoint's policy.",
    command: 'aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=<vpc>',
    needs: 'whoever owns the network',
  }),
  'denied-unsaid': {
    ...SHARED,
    prints: [],
    title: 'The action is denied, and the message does not say by which kind of policy',
    proves: 'Nothing: the service leaves it out, as it does across accounts.',
    suggests: 'The denied call.',
    immediate:
      "Simulate the action; where the role's policies allow it, look at the resource's policy and the organization's.",
    longTerm: 'Derive policies from use: podtrail ask used-actions.',
    actions: [SIMULATION],
  },
};

interface Kind extends Pick<CauseText, 'title' | 'immediate'>, Pick<Action, 'command' | 'needs'> {
  /** RED where another policy is to be written. */
  readonly safety?: Action['safety'];
}

function ofKind(named: string, { title, immediate, command, needs, safety = 'GREEN' }: Kind) {
  return {
    ...SHARED,
    title,
    prints: [
      `… is not authorized to perform: s3:GetObject on resource: … because no ${named} allows the s3:GetObject action`,
    ],
    proves: `The message says "${named}".`,
    suggests: 'Nothing.',
    immediate,
    longTerm: 'Derive policies from use: podtrail ask used-actions.',
    actions: [SIMULATION, { command, safety, needs }],
  } as const;
}
