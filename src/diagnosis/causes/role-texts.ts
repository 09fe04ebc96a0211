// Texts for the causes in the role and around it; role.ts judges them.
import type { TextsOf } from '../cause.ts';
import type { ROLE_CAUSES } from './role.ts';
import { RESTART } from './shared-texts.ts';

const DENIED = 'A denied AssumeRoleWithWebIdentity or AssumeRole, as for any other reason';
const GET_ROLE = {
  command: 'aws iam get-role --role-name <role>',
  safety: 'GREEN',
  needs: 'nobody',
} as const;
const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';

export const ROLE_TEXTS: TextsOf<typeof ROLE_CAUSES> = {
  'role-missing': {
    title: 'The role does not exist',
    root: 'iam_role',
    prints: [NOT_AUTHORIZED],
    trail: `${DENIED}; it names the role that was asked for`,
    proves:
      'IAM says that there is no such role in its account, or has the role of this name with another path.',
    suggests: 'DeleteRole in the trail, or a denial for a role whose name is one letter off an existing one.',
    who: 'the owner of the role',
    immediate: 'Create the role, or put the right name into the annotation or association.',
    longTerm: 'Create role and annotation from one source.',
    actions: [
      GET_ROLE,
      {
        command:
          'aws iam create-role --role-name <role> --assume-role-policy-document file://trust-policy.json',
        safety: 'RED',
        needs: 'the owner of the role and the security team',
      },
    ],
    tell: 'aws iam get-role --role-name <role>',
    links: ['https://repost.aws/knowledge-center/iam-idp-access-error'],
  },
  'role-assumes-itself': {
    title: 'The client assumes the role that it has already, which the role does not admit',
    root: 'sdk',
    prints: [],
    trail: 'A denied AssumeRole by a session of the very role that it asks for',
    proves: 'The message names one role as caller and as resource.',
    suggests: 'Nothing.',
    who: 'the owner of the workload',
    immediate:
      "Take the role out of the client's own settings (role_arn of a profile, assume_role of a provider): the pod has it without them.",
    longTerm: 'Set a role in the client only where it is another one than the role of the pod.',
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
    links: ['https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/'],
  },
  'session-too-long': {
    title: "The requested session is longer than the role's maximum",
    root: 'iam_role',
    prints: [
      'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      'ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ],
    trail: 'Nothing, as far as is known',
    proves: 'STS says so.',
    suggests: 'Nothing.',
    who: 'the owner of the workload, or the owner of the role',
    immediate: 'Ask for a shorter session; or raise the maximum of the role (at most 12 hours).',
    longTerm: 'Leave the duration to the SDK: it renews in time.',
    actions: [
      GET_ROLE,
      {
        command: 'aws iam update-role --role-name <role> --max-session-duration <seconds>',
        safety: 'RED',
        needs: 'the owner of the role and the security team',
      },
    ],
    tell: 'aws iam get-role --role-name <role>',
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html'],
  },
  'session-name-illegal': {
    title: 'The session name has a character that STS does not accept, or is too long',
    root: 'sdk',
    prints: [
      "ValidationError: 1 validation error detected: Value '…' at 'roleSessionName' failed to satisfy constraint",
    ],
    trail: 'Nothing, as far as is known',
    proves: 'STS says so.',
    suggests: 'AWS_ROLE_SESSION_NAME is made from the name of a pod or branch.',
    who: 'the owner of the workload',
    immediate: 'Set AWS_ROLE_SESSION_NAME to 2 to 64 letters, digits and =,.@_- only, or leave it out.',
    longTerm: "Leave the name to the webhook or the SDK, or use the pod's name.",
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
    links: ['https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html'],
  },
  'sts-region-inactive': {
    title: 'STS is not active in the region for the account',
    root: 'sts',
    prints: ['RegionDisabledException: STS is not activated in this region for account:111122223333.'],
    trail: 'Nothing, as far as is known',
    proves: 'STS says so.',
    suggests: 'Nothing.',
    who: 'whoever administers the account',
    immediate:
      "Activate STS in the region (IAM console, Account settings), or let the client use another region's endpoint.",
    longTerm: 'Activate STS with the region, and set AWS_STS_REGIONAL_ENDPOINTS=regional.',
    actions: [
      {
        command: 'aws account get-region-opt-status --region-name <region>',
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: 'aws account get-region-opt-status --region-name <region>',
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html'],
  },
  'organization-policy-suspected': {
    title:
      'A policy other than the trust policy is suspected: service or resource control policy, or that of an STS endpoint in the VPC',
    root: 'permissions_policy',
    prints: [NOT_AUTHORIZED],
    trail: DENIED,
    proves: "Never from what podtrail reads: these policies are the organization's, or the network's.",
    suggests: 'The trust policy allows the attempt, but it was refused.',
    who: "whoever administers the organization's policies",
    immediate:
      "Ask them for the policies of the role's account that name sts:AssumeRole*; check that the trust policy was not changed since.",
    longTerm: 'Tell those whom such policies keep out.',
    actions: [
      {
        command:
          'aws organizations list-policies-for-target --target-id <account> --filter SERVICE_CONTROL_POLICY',
        safety: 'GREEN',
        needs: "access to the organization's management account",
      },
      {
        command:
          'aws organizations list-policies-for-target --target-id <account> --filter RESOURCE_CONTROL_POLICY',
        safety: 'GREEN',
        needs: "access to the organization's management account",
      },
    ],
    tell: 'aws organizations list-policies-for-target --target-id <account> --filter SERVICE_CONTROL_POLICY',
    links: ['https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html'],
  },
  'trust-policy-changed-since': {
    title: 'The trust policy was changed around the failure, and may not have been in force yet',
    root: 'trust_policy',
    prints: [],
    trail: 'UpdateAssumeRolePolicy of the role after, or within minutes before, the last failure',
    proves:
      'The policy that is in force allows the attempt, and the trail has a change of it after the failure, and then a session.',
    suggests: 'A change after the failure, or within five minutes before it: IAM is eventually consistent.',
    who: 'nobody, if it works by now',
    immediate: 'Try again.',
    longTerm: 'Let deployments wait until a new role can be assumed.',
    actions: [GET_ROLE],
    tell: 'podtrail ask failed-assumptions --store trail.duckdb --since 1h',
    links: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency',
    ],
  },
  throttled: {
    title: 'STS or EKS throttles: many attempts in a short time, often of pods that crash and start again',
    root: 'throttling',
    prints: [
      'An error occurred (Throttling) when calling the AssumeRoleWithWebIdentity operation: Rate exceeded',
      'ThrottlingException: Rate exceeded',
    ],
    trail:
      'Attempts with ThrottlingException where they are logged; many attempts of one workload in a minute',
    proves: 'STS or EKS says so of an attempt to assume the role.',
    suggests:
      'More than a hundred failed attempts of one workload in a minute; an error by throttling that names no service.',
    who: 'the owner of the workload',
    immediate:
      'Scale the crashing workload down until its first error is fixed; that error is the cause, throttling its echo.',
    longTerm: 'Share one client and its credentials in a process; back off with jitter.',
    actions: [
      {
        command: 'kubectl get pods -n <namespace> --sort-by=.status.containerStatuses[0].restartCount',
        safety: 'GREEN',
        needs: 'nobody',
      },
      { ...RESTART, command: 'kubectl scale deployment -n <namespace> <deployment> --replicas=0' },
    ],
    tell: 'podtrail ask failure-trend --store trail.duckdb',
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html'],
  },
};
