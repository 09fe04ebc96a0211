// Causes in the token itself and in the client that reads it: expired, not a token, a client that reads it once or not at all.
import { containersOf, webToken } from '../case.ts';
import { type Cause, evidence, likely, possible } from '../cause.ts';
import { RESTART } from './shared.ts';

const SILENT = 'Nothing: STS refuses the token before the request is a legitimate one';
const SHARED = { root: 'token', mechanism: 'any', trail: SILENT, who: 'the owner of the workload' } as const;
const IMAGES = {
  command: "kubectl get pods -n <namespace> -o jsonpath='{..image}'",
  safety: 'GREEN',
  needs: 'nobody',
} as const;
const SDKS = [
  'https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts-minimum-sdk.html',
] as const;

export const TOKEN_CAUSES: readonly Cause[] = [
  {
    ...SHARED,
    id: 'token-expired',
    title: 'The token was expired, or too old, when it was used',
    symptoms: [
      {
        text: 'ExpiredTokenException: Token expired: current date/time 1624482533 must be before the expiration date/time1624482335',
        pattern: /Token expired: current date\/time/i,
        means: 'proven',
      },
      {
        text: 'ExpiredTokenException: Token too old: 441398',
        pattern: /Token too old: \d/i,
        means: 'proven',
      },
    ],
    proves: 'STS says so, with both times.',
    suggests: 'A workload that had sessions for a day and then none.',
    immediate: 'Restart the pods: a new pod reads the present token.',
    longTerm:
      'Use an SDK that reads the token file before every assumption; see that the clocks of the nodes are right.',
    actions: [IMAGES, RESTART],
    tell: 'kubectl exec -n <namespace> <pod> -- date',
    links: SDKS,
    judge: () => null,
  },
  {
    ...SHARED,
    id: 'token-invalid',
    title: 'What was sent as the token is none that STS takes',
    symptoms: [
      {
        text: 'InvalidIdentityToken: The ID Token provided is not a valid JWT',
        pattern: /ID Token provided is not a valid JWT/i,
        means: 'proven',
      },
      {
        text: 'InvalidIdentityToken: Missing a required claim: aud',
        pattern: /Missing a required claim: \w+/i,
        means: 'proven',
      },
      {
        text: 'IDPRejectedClaim',
        pattern: /IDPRejectedClaim|target role ARN is not present in the roles claim/i,
        means: 'proven',
      },
    ],
    proves: 'STS says so.',
    suggests: 'A token file that was written by hand or is cut short.',
    immediate:
      'Let the webhook mount the token; take AWS_WEB_IDENTITY_TOKEN_FILE of other files out of the manifest.',
    longTerm: 'Leave variables and volume to the webhook.',
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.volumes}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      RESTART,
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.volumes}'",
    links: ['https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html'],
    judge: () => null,
  },
  {
    ...SHARED,
    id: 'sdk-does-not-refresh',
    title: 'The client does not renew what expires: an old SDK, or credentials kept beyond their life',
    root: 'sdk',
    symptoms: [
      {
        text: 'ExpiredToken: The security token included in the request is expired',
        pattern: /security token included in the request is expired/i,
        means: 'likely',
      },
      {
        text: 'ExpiredTokenException: Token expired: current date/time … must be before the expiration date/time…',
        pattern: /Token expired: current date\/time|Token too old: \d/i,
        means: 'likely',
      },
      { text: 'RequestExpired: Request has expired', pattern: /RequestExpired/, means: 'possible' },
    ],
    trail:
      'Sessions of the workload stop being renewed; later calls fail with ExpiredToken where the service logs them',
    proves: 'Never by logs alone: the image or the lock file names the SDK.',
    suggests: 'Calls that fail an hour or a day after the pod began, and work again once it is restarted.',
    immediate: 'Restart the pods, which buys as much time as a session lasts.',
    longTerm:
      'Use an SDK of the table of minimum versions, and its default credential chain rather than keys copied out of it.',
    actions: [IMAGES, RESTART],
    tell: 'podtrail ask stopped-renewing --store trail.duckdb',
    links: SDKS,
    judge: ({ trail, attempt }) => {
      if (!/^(ExpiredToken(Exception)?|RequestExpired)$/.test(attempt.errorCode ?? '')) return null;
      const last = trail?.lastSuccess;
      return last === undefined || last === null
        ? null
        : likely(
            'the workload goes on with credentials that are expired',
            evidence(
              'trail',
              `Its last session began at ${new Date(last).toISOString()}; it has not renewed it since.`,
            ),
          );
    },
  },
  {
    ...SHARED,
    id: 'sdk-without-web-identity',
    title: 'The SDK is too old to know web identity',
    mechanism: 'irsa',
    root: 'sdk',
    symptoms: [
      {
        text: 'Unable to locate credentials, though AWS_WEB_IDENTITY_TOKEN_FILE is set',
        pattern:
          /unable to locate credentials|no valid providers in chain|Could not load credentials from any providers|must also depend on.{0,200}sts|To use web identity tokens, the 'sts' service module must be on the class path/i,
        means: 'possible',
      },
    ],
    trail: "Nothing, or calls of the node's role",
    proves: 'Never by logs alone: the image or the lock file names the SDK.',
    suggests:
      "A container that has both variables and a token, and whose client finds no credentials or uses the node's role.",
    immediate: 'Raise the SDK to a version that knows web identity; in Java, add its module sts.',
    longTerm: 'Hold SDK versions to the table of minimum versions.',
    actions: [IMAGES],
    tell: 'podtrail ask node-role-calls --store trail.duckdb',
    links: SDKS,
    judge: (one) => {
      const all = containersOf(one);
      const complete = all.find(
        ({ container }) =>
          container.environment.AWS_ROLE_ARN !== undefined &&
          container.environment.AWS_WEB_IDENTITY_TOKEN_FILE !== undefined &&
          webToken(container) !== undefined,
      );
      if (all.length > 0 && complete === undefined) return 'refuted';
      const silent = one.trail !== undefined && one.trail.failures === 0 && one.trail.lastSuccess === null;
      const nodeRole = one.trail?.nodeRole;
      if (complete === undefined || !silent || nodeRole === undefined || nodeRole === null) return null;
      return likely(
        `container ${complete.container.name} has all that IRSA needs and never asks STS`,
        evidence(
          'cluster',
          `Container ${complete.container.name} (${complete.container.image}) has role, token file and token.`,
        ),
        evidence(
          'trail',
          `No attempt of it is in the trail; the node's role ${nodeRole.roleArn} made ${nodeRole.calls} calls.`,
        ),
      );
    },
  },
  {
    ...SHARED,
    id: 'node-role-used',
    title: "The workload uses the node's role, though it has one of its own",
    mechanism: 'any',
    root: 'sdk',
    symptoms: [
      {
        text: 'User: arn:aws:sts::111122223333:assumed-role/node-role/i-0123456789abcdef0 is not authorized to perform: …',
        pattern:
          /User: arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/ ]+\/i-[0-9a-f]{8,17} is not authorized to perform/i,
        means: 'likely',
      },
    ],
    trail: "Calls whose session is the node's: its name is an instance id, i-…",
    proves: "Never from CloudTrail: it does not say which pod used the node's role.",
    suggests:
      "Denied calls of the node's role that a workload would make; keys of its own or AWS_PROFILE in the container, which come earlier in the chain.",
    immediate:
      "See which credentials the container finds first: keys in variables, a profile, web identity, the container's, then the node's.",
    longTerm:
      "Keep pods from the node's role: hop limit 1 and IMDSv2 only, and nothing more in the node's role than a node needs.",
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      {
        command:
          'aws ec2 modify-instance-metadata-options --instance-id <instance> --http-tokens required --http-put-response-hop-limit 1',
        safety: 'RED',
        needs: 'whoever runs the nodes, and the security team',
      },
    ],
    tell: 'podtrail ask node-role-calls --store trail.duckdb',
    links: [
      'https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html',
      'https://aws.github.io/aws-eks-best-practices/security/docs/iam/',
    ],
    judge: (one) => {
      const hidden = containersOf(one).find(({ container }) =>
        container.hidden.includes('AWS_ACCESS_KEY_ID'),
      );
      if (hidden !== undefined)
        return likely(
          `container ${hidden.container.name} has keys of its own, which come before any role`,
          evidence('cluster', `Container ${hidden.container.name} has AWS_ACCESS_KEY_ID set.`),
        );
      const nodeRole = one.trail?.nodeRole;
      if (nodeRole === undefined || nodeRole === null) return null;
      return possible(
        `the node's role ${nodeRole.roleArn} makes calls`,
        evidence('trail', `${nodeRole.calls} calls by ${nodeRole.roleArn} since the failure began.`),
      );
    },
  },
];
