// Texts for the causes in the token itself and in the client that reads it; token.ts judges them.
import type { TextsOf } from '../cause.ts';
import { RESTART } from './shared-texts.ts';
import type { TOKEN_CAUSES } from './token.ts';

const SILENT = 'Nothing: STS refuses the token before the request is a legitimate one';

const SHARED = { root: 'token', trail: SILENT, who: 'the owner of the workload' } as const;
const IMAGES = {
  command: "kubectl get pods -n <namespace> -o jsonpath='{..image}'",
  safety: 'GREEN',
  needs: 'nobody',
} as const;
const SDKS = [
  'https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts-minimum-sdk.html',
] as const;

export const TOKEN_TEXTS: TextsOf<typeof TOKEN_CAUSES> = {
  'token-expired': {
    ...SHARED,
    title: 'The token had expired, or was too old, when it was used',
    prints: [
      'ExpiredTokenException: Token expired: current date/time 1624482533 must be before the expiration date/time1624482335',
      'ExpiredTokenException: Token too old: 441398',
    ],
    proves: 'STS says so, with both times.',
    suggests: 'A workload had sessions for a day, and then none.',
    immediate: 'Restart the pods: a new pod reads the current token.',
    longTerm:
      "Use an SDK that reads the token file before every assumption; check that the nodes' clocks are right.",
    actions: [IMAGES, RESTART],
    tell: 'kubectl exec -n <namespace> <pod> -- date',
    links: SDKS,
  },
  'token-invalid': {
    ...SHARED,
    title: 'What was sent as the token is not one that STS accepts',
    prints: [
      'InvalidIdentityToken: The ID Token provided is not a valid JWT',
      'InvalidIdentityToken: Missing a required claim: aud',
      'IDPRejectedClaim',
    ],
    proves: 'STS says so.',
    suggests: 'A token file that was written by hand or is cut short.',
    immediate:
      'Let the webhook mount the token; remove any other AWS_WEB_IDENTITY_TOKEN_FILE from the manifest.',
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
  },
  'sdk-does-not-refresh': {
    ...SHARED,
    title: 'The client does not renew what expires: an old SDK, or credentials kept beyond their life',
    root: 'sdk',
    prints: [
      'ExpiredToken: The security token included in the request is expired',
      'ExpiredTokenException: Token expired: current date/time … must be before the expiration date/time…',
      'RequestExpired: Request has expired',
    ],
    trail:
      'Sessions of the workload stop being renewed; later calls fail with ExpiredToken where the service logs them',
    proves: 'Never by logs alone: the image or the lock file names the SDK.',
    suggests: 'Calls that fail an hour or a day after the pod began, and work again once it is restarted.',
    immediate: 'Restart the pods: that helps for as long as a session lasts.',
    longTerm:
      'Use an SDK from the table of minimum versions, and its default credential chain rather than keys copied out of it.',
    actions: [IMAGES, RESTART],
    tell: 'podtrail ask stopped-renewing --store trail.duckdb',
    links: SDKS,
  },
  'sdk-without-web-identity': {
    ...SHARED,
    title: 'The SDK is too old to know web identity',
    root: 'sdk',
    prints: ['Unable to locate credentials, though AWS_WEB_IDENTITY_TOKEN_FILE is set'],
    trail: "Nothing, or calls of the node's role",
    proves: 'Never by logs alone: the image or the lock file names the SDK.',
    suggests:
      "A container that has both variables and a token, and whose client finds no credentials or uses the node's role.",
    immediate: 'Update the SDK to a version that knows web identity; in Java, add its module sts.',
    longTerm: 'Check SDK versions against the table of minimum versions.',
    actions: [IMAGES],
    tell: 'podtrail ask node-role-calls --store trail.duckdb',
    links: SDKS,
  },
  'static-keys-used': {
    ...SHARED,
    title: 'The client uses keys of its own, which most SDKs take before any role',
    root: 'sdk',
    prints: ['User: arn:aws:iam::111122223333:user/ana is not authorized to perform: …'],
    trail: 'Calls of the user whose keys they are, by an access key that begins with AKIA',
    proves:
      'Never by the variables alone, since the client may be told to use other credentials; nor by the message, since a file may hold the keys.',
    suggests:
      'AWS_ACCESS_KEY_ID in the container, and calls of a user where those of the role were expected.',
    immediate: 'Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from the container.',
    longTerm: 'Delete the keys of the user once nothing uses them.',
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env[*].name}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      RESTART,
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env[*].name}'",
    links: ['https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html'],
  },
  'node-role-used': {
    ...SHARED,
    title: "The workload uses the node's role, though it has one of its own",
    root: 'sdk',
    prints: [
      'User: arn:aws:sts::111122223333:assumed-role/node-role/i-0123456789abcdef0 is not authorized to perform: …',
    ],
    trail: "Calls whose session is the node's: its name is an instance id, i-…",
    proves: "Never from CloudTrail: it does not say which pod used the node's role.",
    suggests: "Denied calls of the node's role that a workload would make.",
    immediate:
      "See which credentials the container finds first: keys in variables, a profile, web identity, the container's, then the node's.",
    longTerm:
      "Keep pods away from the node's role: hop limit 1 and IMDSv2 only, and nothing more in the node's role than a node needs.",
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
  },
};
