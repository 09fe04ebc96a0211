// For each cause of the catalogue facts that show it, and facts that nearly do and must not: one thing differs.
import type {
  Attempt,
  AwsFacts,
  ClusterFacts,
  Facts,
  PodFacts,
  TrailFacts,
} from '../../src/diagnosis/facts.ts';

export interface CauseFixture {
  readonly shows: Facts;
  readonly misses: Facts;
}

export const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE0D539D4633E53DE1B7';
const REBUILT = 'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLEFFFFFFFFFFFFFFFFFFFF';
const ACCOUNT = '111122223333';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/payments-api`;
const OTHER_ROLE = `arn:aws:iam::${ACCOUNT}:role/payments-web`;
export const CLUSTER = `arn:aws:eks:us-west-2:${ACCOUNT}:cluster/prod`;
const provider = (issuer: string, account = ACCOUNT) => `arn:aws:iam::${account}:oidc-provider/${issuer}`;
const NOON = Date.parse('2026-10-05T12:00:00Z');
const HOUR = 3_600_000;

const IRSA: Attempt = {
  mechanism: 'irsa',
  namespace: 'payments',
  serviceAccount: 'api',
  issuer: ISSUER,
  audience: 'sts.amazonaws.com',
  roleArn: ROLE,
  region: 'us-west-2',
  clusterName: 'prod',
  clusterArn: CLUSTER,
};
const REFUSED: Attempt = {
  ...IRSA,
  action: 'AssumeRoleWithWebIdentity',
  errorCode: 'AccessDenied',
  errorMessage: 'An unknown error occurred',
  at: NOON,
};
const POD: Attempt = {
  mechanism: 'pod-identity',
  namespace: 'payments',
  serviceAccount: 'api',
  roleArn: ROLE,
  region: 'us-west-2',
  clusterName: 'prod',
  clusterArn: CLUSTER,
};
const POD_REFUSED: Attempt = {
  ...POD,
  action: 'AssumeRole',
  errorCode: 'AccessDenied',
  errorMessage: 'An unknown error occurred',
  at: NOON,
};

interface Trusting {
  issuer?: string;
  providers?: string | string[];
  sub?: string;
  aud?: string;
  operator?: string;
  action?: string | string[];
  more?: object;
  effect?: string;
}

function statement({
  issuer = ISSUER,
  providers = provider(ISSUER),
  sub = 'system:serviceaccount:payments:api',
  aud = 'sts.amazonaws.com',
  operator = 'StringEquals',
  action = 'sts:AssumeRoleWithWebIdentity',
  more = {},
  effect = 'Allow',
}: Trusting) {
  return {
    Effect: effect,
    Principal: { Federated: providers },
    Action: action,
    Condition: { [operator]: { [`${issuer}:sub`]: sub, [`${issuer}:aud`]: aud }, ...more },
  };
}

const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** IAM has the role, with this trust policy. */
const role = (...statements: object[]): AwsFacts => ({
  accountId: ACCOUNT,
  unread: [],
  role: {
    arn: ROLE,
    trustPolicy: policy(...statements),
    maxSessionSeconds: 3600,
    boundaryArn: null,
    policies: [],
  },
});
const refused = (...statements: Trusting[]): Facts => ({
  attempt: REFUSED,
  aws: role(...statements.map(statement)),
});

const pods = (action: string | string[], condition?: object) => ({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: action,
  ...(condition === undefined ? {} : { Condition: condition }),
});
const podRefused = (...statements: object[]): Facts => ({ attempt: POD_REFUSED, aws: role(...statements) });

const SAID: Attempt = { namespace: 'payments', serviceAccount: 'api' };
const says = (line: string, attempt: Attempt = SAID): Facts => ({ attempt, said: [line] });
const ofIrsa = (line: string): Facts => says(line, { ...IRSA });

const TRAIL: TrailFacts = {
  from: NOON - 24 * HOUR,
  until: NOON + 60_000,
  failures: 12,
  since: NOON - HOUR,
  last: NOON,
  lastSuccess: NOON - 2 * HOUR,
  perMinute: 2,
  alsoFailing: [],
  changes: [],
  nodeRole: null,
};
const SILENT: TrailFacts = { ...TRAIL, failures: 0, lastSuccess: null };
const NODE_ROLE = { roleArn: `arn:aws:iam::${ACCOUNT}:role/node`, calls: 40 };

const TOKEN_FILE = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';
const API_TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const WEB_VARIABLES = {
  AWS_ROLE_ARN: ROLE,
  AWS_WEB_IDENTITY_TOKEN_FILE: TOKEN_FILE,
};
const POD_VARIABLES = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
    '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
};

interface PodOf {
  serviceAccount?: string;
  createdAt?: number;
  environment?: Record<string, string>;
  hidden?: string[];
  audiences?: (string | null)[];
  restarts?: number;
}

const pod = ({
  serviceAccount = 'api',
  createdAt = NOON,
  environment = WEB_VARIABLES,
  hidden = [],
  audiences = ['sts.amazonaws.com'],
  restarts = 0,
}: PodOf = {}): PodFacts => ({
  name: 'api-7d9c5b6f4-x2x9p',
  serviceAccount,
  createdAt,
  containers: [
    {
      name: 'api',
      image: 'payments/api:1.4.2',
      restarts,
      environment,
      hidden,
      tokenFiles: audiences.map((audience, index) => ({
        path: index === 0 ? TOKEN_FILE : API_TOKEN_FILE,
        audience,
      })),
    },
  ],
});

const ANNOTATED = { roleArn: ROLE, audience: null, annotatedAt: NOON - 24 * HOUR };
const WEBHOOK = { name: 'pod-identity-webhook', hasCaBundle: true, takesPod: true };

/** A cluster in which all is well, but for what is given. */
const cluster = (facts: Partial<ClusterFacts> = {}): ClusterFacts => ({
  serviceAccount: ANNOTATED,
  pods: [pod()],
  webhook: WEBHOOK,
  agent: { desired: 3, ready: 3 },
  warnings: [],
  unread: [],
  ...facts,
});
const inCluster = (facts: Partial<ClusterFacts> = {}, attempt: Attempt = IRSA): Facts => ({
  attempt,
  cluster: cluster(facts),
});
const BARE = pod({ environment: {}, audiences: [] });

const EKS_CLUSTER = {
  name: 'prod',
  arn: CLUSTER,
  issuer: ISSUER,
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  isPublic: true,
  isAutoMode: false,
  createdAt: NOON - 1_000 * HOUR,
};
/** An account in which all is well, but for what is given. */
const account = (facts: Partial<AwsFacts> = {}): AwsFacts => ({
  ...role(statement({})),
  providers: [{ arn: provider(ISSUER), clientIds: ['sts.amazonaws.com'] }],
  eksCluster: EKS_CLUSTER,
  ...facts,
});
const ASSOCIATION = { id: 'a-9njkm2dvhm9hxvxyz', roleArn: ROLE, targetRoleArn: null };

/** A role that trusts EKS as Pod Identity needs it. */
const POD_ROLE = { arn: ROLE, trustPolicy: policy(pods(['sts:AssumeRole', 'sts:TagSession'])) };

const denied = (message: string, action = 's3:GetObject'): Facts => ({
  attempt: { ...IRSA, action, errorCode: 'AccessDenied', errorMessage: message, at: NOON },
});
const USER = `User: arn:aws:sts::${ACCOUNT}:assumed-role/payments-api/botocore-session-1 is not authorized to perform`;
const kind = (named: string, isExplicit = false) =>
  denied(
    `${USER}: s3:GetObject on resource: "arn:aws:s3:::pii-exports/a" ${isExplicit ? `with an explicit deny in a ${named}` : `because no ${named} allows the s3:GetObject action`}`,
  );
/** Every kind of policy's near miss is the message of another kind. */
const byKind = (named: string, isExplicit = false): CauseFixture => ({
  shows: kind(named, isExplicit),
  misses: kind(named === 'session policy' ? 'permissions boundary' : 'session policy', isExplicit),
});
/** The near miss of what only a client's words tell are nearly these words. */
const words = (line: string, near: string): CauseFixture => ({ shows: says(line), misses: says(near) });
const irsaWords = (line: string, near: string): CauseFixture => ({
  shows: ofIrsa(line),
  misses: ofIrsa(near),
});

const CROSS: Attempt = { ...IRSA, roleArn: 'arn:aws:iam::444455556666:role/payments-api' };
const NO_PROVIDER = `InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${ISSUER}`;

export const CAUSE_FIXTURES: Readonly<Record<string, CauseFixture>> = {
  'annotation-missing': {
    shows: inCluster({ serviceAccount: { ...ANNOTATED, roleArn: null }, pods: [BARE] }),
    misses: {
      ...inCluster({
        serviceAccount: { ...ANNOTATED, roleArn: null },
        pods: [pod({ environment: POD_VARIABLES })],
      }),
      aws: account({ associations: [ASSOCIATION] }),
    },
  },
  'annotation-malformed': {
    shows: inCluster({
      serviceAccount: { ...ANNOTATED, roleArn: `arn:aws:iam::${ACCOUNT}:policy/payments-api` },
    }),
    misses: inCluster({
      serviceAccount: { ...ANNOTATED, roleArn: `arn:aws:iam::${ACCOUNT}:role/policy/payments-api` },
    }),
  },
  'annotation-other-account': {
    shows: { attempt: { ...REFUSED, roleArn: CROSS.roleArn ?? '' } },
    misses: { attempt: REFUSED },
  },
  'pod-other-service-account': {
    shows: inCluster({ pods: [pod({ serviceAccount: 'default', environment: {} })] }),
    misses: inCluster(),
  },
  'pod-older-than-annotation': {
    shows: inCluster({ pods: [pod({ createdAt: NOON - 48 * HOUR, environment: {}, audiences: [] })] }),
    misses: inCluster({ pods: [pod({ createdAt: NOON - 48 * HOUR })] }),
  },
  'webhook-missing': {
    shows: inCluster({ pods: [BARE], webhook: null }),
    misses: inCluster({ webhook: null }),
  },
  'webhook-failing': {
    shows: inCluster({ pods: [BARE], webhook: { ...WEBHOOK, readyAddresses: 0 } }),
    misses: inCluster({ pods: [pod()], webhook: { ...WEBHOOK, readyAddresses: 0 } }),
  },
  'webhook-not-matching': {
    shows: inCluster({ pods: [BARE], webhook: { ...WEBHOOK, takesPod: false } }),
    misses: inCluster({ pods: [BARE], webhook: WEBHOOK }),
  },
  'token-not-mounted': {
    shows: inCluster({ pods: [pod({ audiences: [] })] }),
    misses: inCluster({ pods: [pod({ environment: { AWS_ROLE_ARN: ROLE }, audiences: [] })] }),
  },
  'token-wrong-audience-mounted': {
    shows: inCluster({ pods: [pod({ audiences: [null] })] }),
    misses: inCluster({ pods: [pod({ audiences: ['sts.amazonaws.com', null] })] }),
  },
  'provider-missing': {
    shows: { attempt: IRSA, aws: account({ providers: [{ arn: provider(REBUILT) }] }) },
    misses: { attempt: IRSA, aws: account({ providers: [{ arn: provider(ISSUER.toLowerCase()) }] }) },
  },
  'cross-account-provider-missing': {
    shows: { attempt: CROSS, said: [NO_PROVIDER] },
    misses: { attempt: IRSA, said: [NO_PROVIDER] },
  },
  'audience-not-in-client-ids': {
    shows: {
      attempt: { ...IRSA, audience: 'sts.amazon.com' },
      aws: account(),
    },
    misses: { attempt: IRSA, aws: account() },
  },
  'thumbprint-stale': irsaWords(
    "InvalidIdentityToken: OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    'x509: certificate signed by unknown authority',
  ),
  'issuer-unreachable': irsaWords(
    "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    "Couldn't retrieve the encryption key from your provider",
  ),
  'signing-key-changed': irsaWords(
    'InvalidIdentityToken: The web identity token provided could not be validated',
    'the identity token could not be validated by our own API',
  ),
  'token-expired': words(
    'ExpiredTokenException: Token expired: current date/time 1624482533 must be before the expiration date/time1624482335',
    'ExpiredToken: The security token included in the request is expired',
  ),
  'token-invalid': words(
    'InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    'the access token provided is not a valid JWT',
  ),
  'sdk-does-not-refresh': words(
    'ExpiredToken: The security token included in the request is expired',
    'InvalidClientTokenId: The security token included in the request is invalid',
  ),
  'sdk-without-web-identity': {
    shows: { ...inCluster(), trail: { ...SILENT, nodeRole: NODE_ROLE } },
    misses: { ...inCluster(), trail: { ...TRAIL, failures: 0, nodeRole: NODE_ROLE } },
  },
  'static-keys-used': {
    shows: inCluster({ pods: [pod({ hidden: ['AWS_ACCESS_KEY_ID'] })] }),
    misses: inCluster({ pods: [pod({ hidden: ['AWS_PROFILE'] })] }),
  },
  'node-role-used': words(
    `AccessDenied: User: arn:aws:sts::${ACCOUNT}:assumed-role/node/i-0123456789abcdef0 is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::pii-exports/a" because no identity-based policy allows the s3:GetObject action`,
    `AccessDenied: ${USER}: s3:GetObject on resource: "arn:aws:s3:::pii-exports/a" because no identity-based policy allows the s3:GetObject action`,
  ),
  'trust-explicit-deny': {
    shows: refused({}, { effect: 'Deny' }),
    misses: refused(
      { sub: 'system:serviceaccount:payments:web' },
      { effect: 'Deny', sub: 'system:serviceaccount:shop:*' },
    ),
  },
  'trust-wrong-issuer': {
    shows: refused({ issuer: REBUILT, providers: provider(REBUILT) }),
    misses: refused({ sub: 'system:serviceaccount:payments:web' }),
  },
  'trust-wildcard-in-equals': {
    shows: refused({ sub: 'system:serviceaccount:payments:*' }),
    misses: refused({ sub: 'system:serviceaccount:shop:*' }),
  },
  'trust-wrong-subject': {
    shows: refused({ sub: 'system:serviceaccount:payment:api' }),
    misses: refused({ aud: 'sts' }),
  },
  'trust-wrong-audience': {
    shows: refused({ aud: 'sts.amazon.com' }),
    misses: refused({ sub: 'system:serviceaccount:payments:web', aud: 'sts.amazon.com' }),
  },
  'trust-wrong-action': {
    shows: refused({ action: 'sts:AssumeRole' }),
    misses: refused({ action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'], aud: 'sts' }),
  },
  'trust-other-condition': {
    shows: refused({ more: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } }),
    misses: refused({ sub: 'system:serviceaccount:payments:web' }),
  },
  'trust-invalid': {
    shows: { attempt: REFUSED, aws: role({ ...statement({}), Resource: '*' }) },
    misses: refused({ aud: 'sts' }),
  },
  'trust-not-known': {
    shows: { attempt: REFUSED },
    misses: { attempt: { ...REFUSED, errorCode: 'ThrottlingException', errorMessage: 'Rate exceeded' } },
  },
  'role-missing': {
    shows: { attempt: REFUSED, aws: { accountId: ACCOUNT, unread: [], role: null } },
    misses: refused({ aud: 'sts' }),
  },
  'role-assumes-itself': words(
    `AccessDenied: ${USER}: sts:AssumeRole on resource: ${ROLE}`,
    `AccessDenied: ${USER}: sts:AssumeRole on resource: ${OTHER_ROLE}`,
  ),
  'session-too-long': irsaWords(
    'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    'ValidationError: the requested duration of the video exceeds the maximum',
  ),
  'session-name-illegal': irsaWords(
    "ValidationError: 1 validation error detected: Value 'a/b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    "ValidationError: 1 validation error detected: Value 'a/b' at 'bucketName' failed to satisfy constraint",
  ),
  'sts-region-inactive': words(
    `RegionDisabledException: STS is not activated in this region for account:${ACCOUNT}. Your account administrator can activate STS in this region using the IAM Console.`,
    'this feature is not activated in this region',
  ),
  'organization-policy-suspected': { shows: refused({}), misses: refused({ aud: 'sts' }) },
  'trust-policy-changed-since': {
    shows: {
      ...refused({}),
      trail: {
        ...TRAIL,
        changes: [
          {
            at: NOON + 600_000,
            eventName: 'UpdateAssumeRolePolicy',
            by: `arn:aws:iam::${ACCOUNT}:user/ana`,
            target: ROLE,
          },
        ],
      },
    },
    misses: {
      ...refused({}),
      trail: {
        ...TRAIL,
        changes: [
          {
            at: NOON - 2 * HOUR,
            eventName: 'UpdateAssumeRolePolicy',
            by: `arn:aws:iam::${ACCOUNT}:user/ana`,
            target: ROLE,
          },
        ],
      },
    },
  },
  throttled: {
    shows: {
      attempt: REFUSED,
      trail: { ...TRAIL, failures: 4_300, perMinute: 614 },
      cluster: cluster({ pods: [pod({ restarts: 40 })] }),
    },
    misses: { attempt: REFUSED, trail: { ...TRAIL, failures: 4_300, perMinute: 8 } },
  },
  'association-missing': {
    shows: { attempt: POD, aws: account({ associations: [] }) },
    misses: { attempt: POD, aws: account({ associations: [ASSOCIATION] }) },
  },
  'pod-older-than-association': {
    shows: {
      ...inCluster({ serviceAccount: { ...ANNOTATED, roleArn: null }, pods: [BARE] }, POD),
      aws: account({ associations: [{ ...ASSOCIATION, createdAt: NOON + HOUR }], role: POD_ROLE }),
    },
    misses: {
      ...inCluster({ serviceAccount: { ...ANNOTATED, roleArn: null }, pods: [BARE] }, POD),
      aws: account({ associations: [{ ...ASSOCIATION, createdAt: NOON - HOUR }], role: POD_ROLE }),
    },
  },
  'association-other-role': {
    shows: { attempt: POD, aws: account({ associations: [{ ...ASSOCIATION, roleArn: OTHER_ROLE }] }) },
    misses: {
      attempt: POD,
      aws: account({ associations: [{ ...ASSOCIATION, roleArn: OTHER_ROLE, targetRoleArn: ROLE }] }),
    },
  },
  'pod-identity-not-trusted': {
    shows: podRefused(statement({})),
    misses: podRefused(pods(['sts:AssumeRole'])),
  },
  'pod-identity-without-tag-session': {
    shows: podRefused(pods('sts:AssumeRole')),
    misses: podRefused(pods(['sts:AssumeRole', 'sts:TagSession'])),
  },
  'pod-identity-condition': {
    shows: podRefused(
      pods(['sts:AssumeRole', 'sts:TagSession'], {
        StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'payment' },
      }),
    ),
    misses: podRefused(
      pods(['sts:AssumeRole', 'sts:TagSession'], {
        StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'payments' },
      }),
    ),
  },
  'pod-identity-trust-not-known': {
    shows: { attempt: POD_REFUSED },
    misses: podRefused(pods('sts:AssumeRole')),
  },
  'agent-not-running': {
    shows: {
      ...inCluster(
        {
          serviceAccount: { ...ANNOTATED, roleArn: null },
          pods: [pod({ environment: POD_VARIABLES })],
          agent: null,
        },
        POD,
      ),
      aws: account({
        associations: [ASSOCIATION],
        role: POD_ROLE,
      }),
    },
    misses: inCluster(
      { serviceAccount: { ...ANNOTATED, roleArn: null }, pods: [pod({ environment: POD_VARIABLES })] },
      POD,
    ),
  },
  'agent-cannot-reach-eks-auth': {
    shows: {
      attempt: POD,
      aws: account({
        associations: [ASSOCIATION],
        role: POD_ROLE,
        eksCluster: { ...EKS_CLUSTER, isPublic: false },
        vpcEndpoints: [{ service: 'com.amazonaws.us-west-2.sts', state: 'available' }],
      }),
    },
    misses: {
      attempt: POD,
      aws: account({
        associations: [ASSOCIATION],
        role: POD_ROLE,
        eksCluster: { ...EKS_CLUSTER, isPublic: false },
        vpcEndpoints: [{ service: 'com.amazonaws.us-west-2.eks-auth', state: 'available' }],
      }),
    },
  },
  'sts-unreachable': irsaWords(
    'Post "https://sts.us-west-2.amazonaws.com/": dial tcp 10.0.0.9:443: i/o timeout',
    'Post "https://s3.us-west-2.amazonaws.com/": dial tcp 10.0.0.9:443: i/o timeout',
  ),
  'agent-proxied': {
    shows: inCluster(
      {
        pods: [
          pod({
            environment: { ...POD_VARIABLES, HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.cluster.local' },
          }),
        ],
      },
      POD,
    ),
    misses: inCluster(
      {
        pods: [
          pod({
            environment: {
              ...POD_VARIABLES,
              HTTP_PROXY: 'http://proxy:3128',
              NO_PROXY: '.cluster.local,169.254.170.23',
            },
          }),
        ],
      },
      POD,
    ),
  },
  'hop-limit': words(
    'operation error ec2imds: GetMetadata, http://169.254.169.254/latest/meta-data: context deadline exceeded',
    'GET http://10.0.0.7/latest/meta-data: context deadline exceeded',
  ),
  'target-role-refused': words(
    `AccessDenied: ${USER}: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/reports`,
    `AccessDenied: ${USER}: sts:GetFederationToken on resource: arn:aws:iam::444455556666:user/reports`,
  ),
  'sdk-without-container-credentials': words(
    "botocore.utils.ContainerMetadataFetcher: Unsupported host '169.254.170.23'. Can only retrieve metadata from these hosts: 169.254.170.2, localhost, 127.0.0.1",
    "Unsupported host '10.0.0.7'. Can only retrieve metadata from these hosts: 169.254.170.2, localhost, 127.0.0.1",
  ),
  'both-mechanisms': {
    shows: { ...inCluster(), aws: account({ associations: [{ ...ASSOCIATION, roleArn: OTHER_ROLE }] }) },
    misses: { ...inCluster(), aws: account({ associations: [ASSOCIATION] }) },
  },
  'node-may-not-ask-eks-auth': words(
    `AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/node/i-0123456789abcdef0 is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: ${CLUSTER}`,
    `AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/node/i-0123456789abcdef0 is not authorized to perform: eks:DescribeCluster on resource: ${CLUSTER}`,
  ),
  'denied-by-identity-policy': byKind('identity-based policy'),
  'explicitly-denied-by-identity-policy': {
    shows: kind('identity-based policy', true),
    misses: kind('identity-based policy'),
  },
  'denied-by-resource-policy': byKind('resource-based policy', true),
  'denied-by-boundary': byKind('permissions boundary'),
  'denied-by-service-control-policy': byKind('service control policy', true),
  'denied-by-resource-control-policy': byKind('resource control policy', true),
  'denied-by-session-policy': byKind('session policy'),
  'denied-by-endpoint-policy': byKind('VPC endpoint policy'),
  'denied-unsaid': { shows: denied('Access Denied'), misses: kind('identity-based policy') },
};
