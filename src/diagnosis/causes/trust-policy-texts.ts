// Texts for the causes in the role's trust policy for IRSA; trust-policy.ts judges them.
import { STS_AUDIENCE } from '../case.ts';
import type { TextsOf } from '../cause.ts';
import { UPDATE_TRUST_POLICY } from './shared-texts.ts';
import type { TRUST_POLICY_CAUSES } from './trust-policy.ts';

const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
const DENIED =
  'AssumeRoleWithWebIdentity with AccessDenied and "An unknown error occurred"; it names the subject, the provider and the role';
const EXPLAIN =
  'podtrail policy explain role.json --subject system:serviceaccount:<namespace>:<service-account> --issuer <issuer> --audience <audience>';
const GET_ROLE = 'aws iam get-role --role-name <role> > role.json';
const TELL = `${GET_ROLE} && ${EXPLAIN}`;
const ACTIONS = [
  { command: GET_ROLE, safety: 'GREEN', needs: 'nobody' },
  { command: EXPLAIN, safety: 'GREEN', needs: 'nobody' },
  UPDATE_TRUST_POLICY,
] as const;
const LINKS = [
  'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
  'https://repost.aws/knowledge-center/iam-idp-access-error',
];

/** The shared parts of a cause that a trust policy proves. */
const SHARED = {
  root: 'trust_policy',
  prints: [NOT_AUTHORIZED],
  trail: DENIED,
  who: 'the owner of the role',
  actions: ACTIONS,
  tell: TELL,
  links: LINKS,
} as const;

export const TRUST_POLICY_TEXTS: TextsOf<typeof TRUST_POLICY_CAUSES> = {
  'trust-explicit-deny': {
    ...SHARED,
    title: 'The trust policy denies the workload explicitly',
    proves: 'A Deny statement of the trust policy matches the request.',
    suggests: 'Nothing: every refusal reads the same.',
    immediate:
      'Ask whoever wrote the Deny statement whether it means this workload; no other change can let it in.',
    longTerm: "Say in the statement's Sid whom it keeps out.",
  },
  'trust-wrong-issuer': {
    ...SHARED,
    title: "The trust policy trusts another OIDC issuer than the cluster's",
    proves:
      "No statement names the provider of the token's issuer, or the condition keys are those of another issuer.",
    suggests:
      'The refusal itself, where the cluster was rebuilt recently or the role copied from another cluster.',
    immediate:
      "Put the provider of this cluster's issuer into the trust policy, in the principal and in the condition keys.",
    longTerm:
      "Make trust policies from the cluster's own outputs (Terraform, CloudFormation), so that a rebuilt cluster carries them along.",
  },
  'trust-wildcard-in-equals': {
    ...SHARED,
    title: 'StringEquals compares the subject with a wildcard, which it takes literally',
    proves: 'The first failing condition is an equality whose value has * or ? and would match as a pattern.',
    suggests: 'Nothing: every refusal reads the same.',
    immediate: 'Name the exact subject; use StringLike only if several are meant.',
    longTerm: 'Run "podtrail policy explain" on trust policies before they are applied.',
  },
  'trust-wrong-subject': {
    ...SHARED,
    title: 'The trust policy admits another namespace or ServiceAccount',
    proves: "The first failing condition is the one on the token's sub.",
    suggests: 'The refusal, where others with this role succeed.',
    immediate:
      'Add this subject to the condition, or let the pod run as the ServiceAccount that the role is for.',
    longTerm:
      'Give each workload a role of its own; when a namespace is renamed, change the trust policy too.',
  },
  'trust-wrong-audience': {
    ...SHARED,
    title: 'The trust policy asks for another audience than the token has',
    proves: "The first failing condition is the one on the token's aud.",
    suggests: 'The refusal, where the ServiceAccount has an annotation eks.amazonaws.com/audience.',
    immediate: `Let the condition on aud say ${STS_AUDIENCE}, or drop the annotation that asks for another audience.`,
    longTerm: `Use ${STS_AUDIENCE} everywhere; another audience has to be set in the provider, the annotation and every trust policy.`,
  },
  'trust-wrong-action': {
    ...SHARED,
    title: 'The trust policy does not allow sts:AssumeRoleWithWebIdentity',
    proves: 'The statement that trusts the provider allows other actions only, such as sts:AssumeRole.',
    suggests: 'Nothing: every refusal reads the same.',
    immediate: 'Let the statement allow sts:AssumeRoleWithWebIdentity.',
    longTerm: 'Start from a trust policy in the documentation, not from one for EC2.',
  },
  'trust-other-condition': {
    ...SHARED,
    title: 'Another condition of the trust policy is not met',
    proves:
      'The first failing condition is about neither subject nor audience (an address, a tag, a time), or keeps a subject or audience out.',
    suggests: 'The refusal, where it comes only from some networks or at some times.',
    immediate: 'Find out what the condition is for before you change it.',
    longTerm: "Say in the statement's Sid what the condition is for.",
  },
  'trust-invalid': {
    ...SHARED,
    title: 'The trust policy has syntax errors, and so allows nothing',
    proves: 'The document breaks the grammar of policies at the statement for this workload.',
    suggests: 'Nothing: IAM would have refused it, so the given file is probably not the policy in force.',
    immediate: 'Compare the file with what "aws iam get-role" prints.',
    longTerm: 'Validate policies before they are applied (aws accessanalyzer validate-policy).',
  },
  'trust-not-known': {
    ...SHARED,
    title:
      'STS refuses the role to this workload; most likely its trust policy, which is not known, does not admit it',
    prints: [NOT_AUTHORIZED],
    proves: 'Never: with the trust policy the cause is one of those above.',
    suggests: 'The refusal itself, by record or by message.',
    immediate:
      'Get the trust policy and ask again with --trust-policy, or let podtrail ask IAM with --cluster.',
    longTerm: 'Run "podtrail policy explain" on trust policies before they are applied.',
    actions: [ACTIONS[0], ACTIONS[1]],
  },
};
