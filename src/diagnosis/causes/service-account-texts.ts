// Texts for the causes on the Kubernetes side of IRSA before a token is used; service-account.ts judges them.
import type { TextsOf } from '../cause.ts';
import type { SERVICE_ACCOUNT_CAUSES } from './service-account.ts';
import { RESTART } from './shared-texts.ts';

const NOTHING = "Nothing: STS is never asked. Calls of the node's role may appear instead";
const NO_CREDENTIALS = 'Unable to locate credentials';
const NODE_ROLE_TELL = 'kubectl get serviceaccount <service-account> -n <namespace> -o yaml';
const ANNOTATE = {
  command:
    'kubectl annotate serviceaccount <service-account> -n <namespace> --overwrite eks.amazonaws.com/role-arn=<role-arn>',
  safety: 'YELLOW',
  needs: 'the owner of the workload',
} as const;
const LOOK = { command: NODE_ROLE_TELL, safety: 'GREEN', needs: 'nobody' } as const;
const LINKS = ['https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html'];

const SHARED = {
  root: 'irsa_annotation',
  trail: NOTHING,
  who: 'the owner of the workload',
  links: LINKS,
} as const;

export const SERVICE_ACCOUNT_TEXTS: TextsOf<typeof SERVICE_ACCOUNT_CAUSES> = {
  'annotation-missing': {
    ...SHARED,
    title: 'The ServiceAccount has no role annotation',
    prints: [NO_CREDENTIALS],
    proves:
      'The ServiceAccount has no eks.amazonaws.com/role-arn, and neither a Pod Identity association nor a variable of its pods gives it a role instead.',
    suggests:
      "A client that finds no credentials, or calls of the node's role from a pod that should have its own.",
    immediate:
      'Annotate the ServiceAccount with the role and restart its pods: the webhook acts when a pod is created.',
    longTerm:
      "Keep the annotation with the workload's manifests, so that it is applied with the ServiceAccount.",
    actions: [LOOK, ANNOTATE, RESTART],
    tell: NODE_ROLE_TELL,
  },
  'annotation-malformed': {
    ...SHARED,
    title: 'The annotation is not the ARN of a role',
    prints: [
      'ValidationError: Request ARN is invalid',
      "ValidationError: 1 validation error detected: Value '' at 'roleArn' failed to satisfy constraint",
    ],
    trail: 'Nothing, as far as is known: STS refuses the request before it is a legitimate one',
    proves:
      'The annotation, AWS_ROLE_ARN of the pod or the request has no ARN of an IAM role; or STS said so.',
    suggests: 'Nothing.',
    immediate: 'Write the role\'s ARN as "aws iam get-role" prints it, and restart the pods.',
    longTerm: 'Let whatever creates the role fill in the ARN, and let the deployment fail if it is empty.',
    actions: [LOOK, ANNOTATE, RESTART],
    tell: NODE_ROLE_TELL,
  },
  'annotation-other-account': {
    ...SHARED,
    title: 'The annotation names a role of another account',
    prints: [],
    proves:
      "Never by itself: a role of another account is used on purpose, with the cluster's provider in that account.",
    suggests:
      "The role's account is not the cluster's, and the assumption is refused or the provider is not found.",
    immediate:
      'Check the twelve digits of the ARN; if the other account is meant, its provider and trust policy must be in that account.',
    longTerm: 'Copy values between environments by name, not by ARN.',
    actions: [LOOK, ANNOTATE, RESTART],
    tell: NODE_ROLE_TELL,
  },
  'pod-other-service-account': {
    ...SHARED,
    title: 'The pod runs as another ServiceAccount than the one with the role',
    prints: [],
    trail: 'Nothing, or the calls and failures of the other ServiceAccount',
    proves: 'A pod that was named runs as another ServiceAccount, often "default".',
    suggests: 'Failures of the subject system:serviceaccount:<namespace>:default.',
    immediate: 'Set serviceAccountName in the pod template; a pod keeps the one it was created with.',
    longTerm: 'Refuse pods of "default" in namespaces whose workloads have roles.',
    actions: [
      {
        command:
          "kubectl get pods -n <namespace> -o custom-columns='POD:.metadata.name,SA:.spec.serviceAccountName'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      {
        command: 'kubectl set serviceaccount deployment -n <namespace> <deployment> <service-account>',
        safety: 'YELLOW',
        needs: 'the owner of the workload',
      },
    ],
    tell: "kubectl get pods -n <namespace> -o custom-columns='POD:.metadata.name,SA:.spec.serviceAccountName'",
  },
  'pod-older-than-annotation': {
    ...SHARED,
    title: 'The pod is older than the annotation',
    prints: [NO_CREDENTIALS],
    proves: 'Never by its time alone: Kubernetes keeps when a field was changed last, perhaps another one.',
    suggests:
      'The annotation was changed after the pod was created, and the pod lacks AWS_ROLE_ARN or has another; of the pods of one ServiceAccount, only the older ones fail.',
    immediate: 'Restart the pods: the webhook acts when a pod is created.',
    longTerm: 'Let a change of the annotation change the pod template too, such as by a checksum annotation.',
    actions: [
      {
        command: 'kubectl get pods -n <namespace> --sort-by=.metadata.creationTimestamp',
        safety: 'GREEN',
        needs: 'nobody',
      },
      RESTART,
    ],
    tell: 'kubectl get serviceaccount <service-account> -n <namespace> -o yaml --show-managed-fields',
  },
};
