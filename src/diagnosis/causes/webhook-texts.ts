// Texts for the causes in what makes a pod of an annotated ServiceAccount know its role; webhook.ts judges them.
import { STS_AUDIENCE } from '../case.ts';
import type { TextsOf } from '../cause.ts';
import type { WEBHOOK_CAUSES } from './webhook.ts';

const LOOK = 'kubectl get mutatingwebhookconfiguration pod-identity-webhook -o yaml';

const SHARED = {
  root: 'webhook',
  trail: "Nothing: the pod never asks STS. Calls of the node's role may appear instead",
  who: 'whoever runs the cluster',
  links: [
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html',
  ],
} as const;
const RESTART = {
  command: 'kubectl delete pod <pod> -n <namespace>',
  safety: 'YELLOW',
  needs: 'the owner of the workload',
} as const;
const NO_VARIABLES = 'Unable to locate credentials';

export const WEBHOOK_TEXTS: TextsOf<typeof WEBHOOK_CAUSES> = {
  'webhook-missing': {
    ...SHARED,
    title: 'The cluster has no webhook that gives pods their role',
    prints: [NO_VARIABLES],
    proves:
      'The ServiceAccount is annotated, its pod has no AWS_ROLE_ARN, and there is no webhook configuration.',
    suggests: 'A cluster outside EKS, where the webhook has to be installed.',
    immediate:
      'Install the webhook (on EKS it is part of the control plane: tell AWS Support), then recreate the pods.',
    longTerm: 'Install it with the cluster, and check that it stays.',
    actions: [{ command: LOOK, safety: 'GREEN', needs: 'nobody' }, RESTART],
    tell: LOOK,
  },
  'webhook-failing': {
    ...SHARED,
    title: 'The webhook exists, but fails',
    prints: ['failed calling webhook "iam-for-pods.amazonaws.com"'],
    proves:
      'An event or the API server says that the call failed; or it has no ready address or no CA bundle, and pods lack their variables.',
    suggests: 'Pods created in a certain time lack the variables, while older and newer ones have them.',
    immediate:
      'Bring the webhook back (its pods, its certificate, the security group from the control plane), then recreate the pods.',
    longTerm: 'Run two replicas, renew the certificate with cert-manager, and alarm on failed calls.',
    actions: [{ command: LOOK, safety: 'GREEN', needs: 'nobody' }, RESTART],
    tell: 'kubectl get events -n <namespace> --field-selector reason=FailedCreate',
  },
  'webhook-not-matching': {
    ...SHARED,
    title: 'The webhook does not handle this pod',
    prints: [],
    proves:
      "The webhook's selectors exclude the pod's namespace or labels (eks.amazonaws.com/skip-pod-identity-webhook).",
    suggests: 'The webhook works, but a pod created after the annotation has no variables.',
    immediate: 'Remove the label that excludes the pod, or widen the selector.',
    longTerm: 'Keep selectors that exclude whole namespaces few, and document them.',
    actions: [{ command: LOOK, safety: 'GREEN', needs: 'nobody' }, RESTART],
    tell: 'kubectl get pod <pod> -n <namespace> --show-labels',
  },
  'token-not-mounted': {
    ...SHARED,
    title: "The token's file is not mounted, or the client may not read it",
    prints: [
      'open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: no such file or directory',
      'open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied',
    ],
    root: 'token',
    who: 'the owner of the workload',
    proves:
      'A container has AWS_WEB_IDENTITY_TOKEN_FILE and no token is mounted in it; or the client could not open the file.',
    suggests: 'Variables written into the manifest by hand, or containers that a later webhook added.',
    immediate:
      'Remove hand-written variables from the manifest and recreate the pod; for a user other than root set fsGroup.',
    longTerm: 'Leave variables and volume to the webhook.',
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.volumes}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      RESTART,
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].volumeMounts}'",
  },
  'token-wrong-audience-mounted': {
    ...SHARED,
    title: 'The mounted token is for another audience',
    prints: [],
    root: 'token',
    who: 'the owner of the workload',
    trail:
      "Nothing, where the audience is not among the provider's client ids; else a denied AssumeRoleWithWebIdentity",
    proves: `The token behind AWS_WEB_IDENTITY_TOKEN_FILE has another audience than ${STS_AUDIENCE} and than the annotation asks for.`,
    suggests: 'Incorrect token audience.',
    immediate: `Mount a token for ${STS_AUDIENCE}; the default token of the cluster's API and that of Pod Identity are not for STS.`,
    longTerm: 'Leave variables and volume to the webhook.',
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.volumes[*].projected}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      RESTART,
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.volumes[*].projected}'",
  },
};
