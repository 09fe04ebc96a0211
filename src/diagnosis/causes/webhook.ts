// Causes in what makes a pod of an annotated ServiceAccount know its role: EKS's webhook, the variables and the token's volume.
import { type Case, containersOf, STS_AUDIENCE, webToken } from '../case.ts';
import { type CauseRules, evidence, type Judgement, likely, possible, proven } from '../cause.ts';

const NO_VARIABLES = {
  pattern:
    /unable to locate credentials|no valid providers in chain|Could not load credentials from any providers/i,
  means: 'possible',
} as const;

/** By the webhook's name: clusters have others, which fail for themselves. */
const CALL_FAILED = /failed (calling|to call) webhook "?(iam-for-pods\.amazonaws\.com|pod-identity-webhook)/i;

export const WEBHOOK_CAUSES = {
  'webhook-missing': {
    mechanism: 'irsa',
    symptoms: [NO_VARIABLES],
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
  'webhook-failing': {
    mechanism: 'irsa',
    symptoms: [
      {
        pattern: CALL_FAILED,
        means: 'proven',
      },
    ],
    judge: (one) => {
      const event = one.cluster?.warnings?.find(({ message }) => CALL_FAILED.test(message));
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
  'webhook-not-matching': {
    mechanism: 'irsa',
    symptoms: [],
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
  'token-not-mounted': {
    mechanism: 'irsa',
    symptoms: [
      {
        pattern:
          /serviceaccount\/(eks-pod-identity-)?token\b.{0,80}(no such file|not found|ENOENT)|ENOENT.{0,200}serviceaccount\/token|WebIdentityErr: failed fetching WebIdentity token/i,
        means: 'proven',
      },
      {
        pattern: /serviceaccount\/(eks-pod-identity-)?token\b.{0,80}(permission denied|EACCES)/i,
        means: 'proven',
      },
    ],
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
  'token-wrong-audience-mounted': {
    mechanism: 'irsa',
    symptoms: [],
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
} as const satisfies CauseRules;

/**
 * Judges only where the ServiceAccount is annotated, was so before the pod, and the pod still has no variable. Of a ServiceAccount
 * with an association, the webhook gives a pod those of Pod Identity alone.
 */
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
      container.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI === undefined &&
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
