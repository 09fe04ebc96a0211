// Causes in what makes a pod of an annotated ServiceAccount know its role: EKS's webhook, the variables and the token's volume.
import { type Case, containersOf, STS_AUDIENCE, webToken } from '../case.ts';
import { type Cause, evidence, type Judgement, likely, possible, proven } from '../cause.ts';

const LOOK = 'kubectl get mutatingwebhookconfiguration pod-identity-webhook -o yaml';
const SHARED = {
  root: 'webhook',
  mechanism: 'irsa',
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
const NO_VARIABLES = {
  text: 'Unable to locate credentials',
  pattern:
    /unable to locate credentials|no valid providers in chain|Could not load credentials from any providers/i,
  means: 'possible',
} as const;

export const WEBHOOK_CAUSES: readonly Cause[] = [
  {
    ...SHARED,
    id: 'webhook-missing',
    title: 'The cluster has no webhook that gives pods their role',
    symptoms: [NO_VARIABLES],
    proves:
      'The ServiceAccount is annotated, its pod has no AWS_ROLE_ARN, and no webhook configuration is there.',
    suggests: 'A cluster outside EKS, where the webhook has to be installed.',
    immediate:
      'Install the webhook (on EKS it is part of the control plane: tell AWS Support), then create the pods anew.',
    longTerm: 'Install it with the cluster, and watch that it is there.',
    actions: [{ command: LOOK, safety: 'GREEN', needs: 'nobody' }, RESTART],
    tell: LOOK,
    judge: (one) =>
      bare(one, ({ webhook }) =>
        webhook === null
          ? proven(
              'no webhook configuration is there',
              evidence('cluster', 'There is no mutating webhook pod-identity-webhook.'),
            )
          : 'refuted',
      ),
  },
  {
    ...SHARED,
    id: 'webhook-failing',
    title: 'The webhook is there and fails',
    symptoms: [
      {
        text: 'failed calling webhook "iam-for-pods.amazonaws.com"',
        pattern: /failed (calling|to call) webhook "?(iam-for-pods\.amazonaws\.com|pod-identity-webhook)/i,
        means: 'proven',
      },
    ],
    proves:
      'An event or the API server says that the call failed; or it has no ready address or no CA bundle, and pods lack their variables.',
    suggests:
      'Pods created in one span of time that lack the variables, where older and newer ones have them.',
    immediate:
      'Bring the webhook back (its pods, its certificate, the security group from the control plane), then create the pods anew.',
    longTerm: 'Run two of it, renew its certificate by cert-manager, and alarm on failed calls.',
    actions: [{ command: LOOK, safety: 'GREEN', needs: 'nobody' }, RESTART],
    tell: 'kubectl get events -n <namespace> --field-selector reason=FailedCreate',
    judge: (one) => {
      const event = one.cluster?.warnings?.find(({ message }) =>
        /failed (calling|to call) webhook/i.test(message),
      );
      if (event !== undefined)
        return proven(
          'calls of the webhook fail',
          evidence('cluster', `${event.reason}: ${cut(event.message)}`),
        );
      return bare(one, ({ webhook }) => {
        if (webhook === undefined || webhook === null) return null;
        if (webhook.readyAddresses === 0)
          return proven(
            'its service has no ready address',
            evidence('cluster', `Nothing is ready behind the service of ${webhook.name}.`),
          );
        if (!webhook.hasCaBundle)
          return likely(
            'it has no CA bundle',
            evidence('cluster', `${webhook.name} has no caBundle, so the API server cannot trust it.`),
          );
        return null;
      });
    },
  },
  {
    ...SHARED,
    id: 'webhook-not-matching',
    title: 'The webhook does not take this pod',
    symptoms: [],
    proves:
      "The webhook's selectors leave out the pod's namespace or labels (eks.amazonaws.com/skip-pod-identity-webhook).",
    suggests: 'A webhook that is sound, and a pod created after the annotation that has no variables.',
    immediate: 'Take the label that leaves the pod out off it, or widen the selector.',
    longTerm: 'Keep selectors that leave out whole namespaces few and written down.',
    actions: [{ command: LOOK, safety: 'GREEN', needs: 'nobody' }, RESTART],
    tell: 'kubectl get pod <pod> -n <namespace> --show-labels',
    judge: (one) =>
      bare(one, ({ webhook }) => {
        if (webhook === undefined || webhook === null) return null;
        if (webhook.takesPod === true) return 'refuted';
        const content = `${webhook.name} ${webhook.takesPod === false ? 'has a selector that leaves the pod out' : 'is there and has no fault that shows'}.`;
        return webhook.takesPod === false
          ? proven('its selectors leave the pod out', evidence('cluster', content))
          : possible('a pod that should have been changed was not', evidence('cluster', content));
      }),
  },
  {
    ...SHARED,
    id: 'token-not-mounted',
    title: "The token's volume is not mounted",
    symptoms: [
      {
        text: 'open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: no such file or directory',
        pattern:
          /serviceaccount\/(eks-pod-identity-)?token\b.{0,80}(no such file|not found|ENOENT)|ENOENT.{0,200}serviceaccount\/token|WebIdentityErr: failed fetching WebIdentity token/i,
        means: 'proven',
      },
      {
        text: 'open /var/run/secrets/eks.amazonaws.com/serviceaccount/token: permission denied',
        pattern: /serviceaccount\/(eks-pod-identity-)?token\b.{0,80}(permission denied|EACCES)/i,
        means: 'proven',
      },
    ],
    root: 'token',
    who: 'the owner of the workload',
    proves:
      'A container has AWS_WEB_IDENTITY_TOKEN_FILE and no token is mounted in it; or the client could not open the file.',
    suggests:
      'Variables that were written into the manifest by hand, and containers that a later webhook added.',
    immediate:
      'Take hand-written variables out of the manifest and create the pod anew; for a user other than root set fsGroup.',
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
    judge: (one) => {
      const all = containersOf(one);
      if (all.length === 0) return null;
      const without = all.find(
        ({ container }) =>
          container.environment.AWS_WEB_IDENTITY_TOKEN_FILE !== undefined &&
          webToken(container) === undefined,
      );
      return without === undefined
        ? 'refuted'
        : proven(
            `container ${without.container.name} of pod ${without.pod.name} has the variable and no token`,
            evidence(
              'cluster',
              `Container ${without.container.name} mounts no projected ServiceAccount token.`,
            ),
          );
    },
  },
  {
    ...SHARED,
    id: 'token-wrong-audience-mounted',
    title: 'The mounted token is for another audience',
    symptoms: [],
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
    judge: (one) => {
      const wanted = one.cluster?.serviceAccount?.audience ?? STS_AUDIENCE;
      const tokens = containersOf(one).flatMap(({ container }) => {
        const token = webToken(container);
        return token === undefined ? [] : [{ container, audience: token.audience }];
      });
      const wrong = tokens.find(({ audience }) => audience !== wanted);
      if (wrong === undefined) return tokens.length === 0 ? null : 'refuted';
      const audience = wrong.audience ?? "the cluster's API";
      return proven(
        `container ${wrong.container.name} has a token for ${audience}, not for ${wanted}`,
        evidence('cluster', `The token in container ${wrong.container.name} is for ${audience}.`),
      );
    },
  },
];

/** Judges only where the ServiceAccount is annotated, was so before the pod, and the pod still has no variable. */
function bare(
  one: Case,
  judge: (cluster: NonNullable<Case['cluster']>) => Judgement | 'refuted' | null,
): Judgement | 'refuted' | null {
  const account = one.cluster?.serviceAccount;
  if (one.cluster?.pods === undefined || account === undefined || account === null) return null;
  if (account.roleArn === null) return 'refuted';
  const without = containersOf(one).find(
    ({ pod, container }) =>
      container.environment.AWS_ROLE_ARN === undefined &&
      pod.serviceAccount === one.attempt.serviceAccount &&
      (account.annotatedAt === null || pod.createdAt >= account.annotatedAt),
  );
  if (without === undefined) return 'refuted';
  const judged = judge(one.cluster);
  if (judged === null || judged === 'refuted') return judged;
  const content = `Container ${without.container.name} of pod ${without.pod.name} has no AWS_ROLE_ARN, though its ServiceAccount is annotated.`;
  return { ...judged, evidence: [evidence('cluster', content), ...judged.evidence] };
}

const cut = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
