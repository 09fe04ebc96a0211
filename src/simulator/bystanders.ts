// Owns everybody who is no pod: people, nodes, services, functions and a deployment pipeline outside AWS.

import { assumeRole, issueWebIdentity } from './assumptions.ts';
import type { RandomSource } from './random-source.ts';
import { consoleLogin, rotateKey } from './services/platform.ts';
import { s3PutObject } from './services/storage.ts';
import { TOOLKITS } from './services/toolkits.ts';
import { openSession, type Session } from './sessions.ts';
import type { Stage } from './stage.ts';
import type { Client, Cluster, IamUser, Node, Resources, Role, World } from './world.ts';

const HOUR = 3_600_000;

export interface Bystander {
  /** One thing the bystander does now. */
  act(stage: Stage): void;
}

/** What a person, a node or a function of `account` works with. */
export function accountResources(account: string, region: string): Resources {
  const keyId = `${account.slice(0, 8)}-0000-4000-8000-${account}`;
  return { account, region, bucket: `platform-${account}-${region}`, stem: 'platform', keyId };
}

/** The instance role of one node: image pulls, its network plugin, and EKS Auth asking for its pods. */
export class NodeAgent implements Bystander {
  private readonly cluster: Cluster;
  private readonly node: Node;
  private session: Session | null = null;

  constructor(cluster: Cluster, node: Node) {
    this.cluster = cluster;
    this.node = node;
  }

  act(stage: Stage): void {
    const session = this.instanceSession(stage);
    const { account, region } = this.cluster;
    if (this.cluster.isEks && stage.random.chance(0.4)) {
      const isDenied = stage.random.chance(0.2);
      authorizePod(stage, this.cluster, session, isDenied);
      return;
    }
    stage.call(session, stage.random.pick(TOOLKITS.node), accountResources(account, region), {
      why: 'node-role',
    });
  }

  instanceSession(stage: Stage): Session {
    if (this.session && this.session.expiresAt > stage.now) return this.session;
    this.session = openSession(stage.random, {
      origin: 'instance',
      role: this.cluster.nodeRole,
      name: this.node.instanceId,
      startedAt: stage.now - stage.random.below(HOUR),
      seconds: 21_600,
      client: { address: this.node.publicAddress, userAgent: NODE_AGENT, vpcEndpointId: null },
      issuance: 'missing',
    });
    return this.session;
  }
}

const NODE_AGENT =
  'aws-sdk-go-v2/1.27.0 os/linux lang/go#1.22.3 md/GOOS#linux md/GOARCH#amd64 api/eksauth#1.4.7 amazon-vpc-cni-k8s/v1.18.2';

/** AssumeRoleForPodIdentity: names the cluster, but neither pod nor role. */
export function authorizePod(stage: Stage, cluster: Cluster, session: Session, isDenied: boolean): void {
  stage.emit({
    at: stage.now,
    account: cluster.account,
    region: cluster.region,
    why: isDenied ? 'node-pod-identity-denied' : 'node-pod-identity',
    principal: { kind: 'session', session, key: session.key, invokedBy: null },
    action: { kind: 'pod-identity-auth', cluster },
    outcome: isDenied
      ? {
          code: 'AccessDenied',
          message: 'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
        }
      : 'success',
    client: session.client,
  });
}

/** An IAM user with a long-lived key, or at the console. */
export class UserAtDesk implements Bystander {
  private readonly user: IamUser;

  constructor(user: IamUser) {
    this.user = user;
  }

  act(stage: Stage): void {
    const { user } = this;
    const isLogin = stage.random.chance(0.1);
    const api = isLogin ? consoleLogin : stage.random.pick(TOOLKITS.person);
    const resources = accountResources(user.account, 'us-west-2');
    stage.emit({
      at: stage.now,
      account: user.account,
      region: api.region ?? resources.region,
      why: isLogin ? 'console-login' : 'iam-user',
      principal: { kind: 'user', user },
      action: { kind: 'call', api, resources },
      outcome: stage.random.chance(0.05) ? 'denied' : 'success',
      client: user.client,
    });
  }
}

/** A session of a role whose holder is no pod: a person through SSO, a function, a service-linked role. */
export class RoleHolder implements Bystander {
  private readonly kind: 'sso' | 'lambda' | 'service-linked';
  private readonly role: Role;
  private readonly client: Client;
  private session: Session | null = null;

  constructor(kind: 'sso' | 'lambda' | 'service-linked', role: Role, client: Client) {
    this.kind = kind;
    this.role = role;
    this.client = client;
  }

  act(stage: Stage): void {
    const session = this.open(stage);
    const resources = accountResources(this.role.account, 'us-west-2');
    if (this.kind === 'service-linked') {
      const api = stage.random.pick(TOOLKITS.controller);
      stage.emit({
        at: stage.now,
        account: this.role.account,
        region: api.region ?? resources.region,
        why: 'service-linked-role',
        principal: { kind: 'session', session, key: null, invokedBy: 'autoscaling.amazonaws.com' },
        action: { kind: 'call', api, resources },
        outcome: 'success',
        client: {
          address: 'autoscaling.amazonaws.com',
          userAgent: 'autoscaling.amazonaws.com',
          vpcEndpointId: null,
        },
      });
      return;
    }
    const api = stage.random.pick(this.kind === 'sso' ? TOOLKITS.person : TOOLKITS.function);
    const outcome = stage.random.chance(0.04) ? 'denied' : 'success';
    stage.call(session, api, resources, { why: this.kind === 'sso' ? 'sso-role' : 'lambda-role', outcome });
  }

  open(stage: Stage): Session {
    if (this.session && this.session.expiresAt > stage.now) return this.session;
    const { random } = stage;
    const session = openSession(random, {
      origin: this.kind === 'sso' ? 'federation' : 'service',
      role: this.role,
      name: this.kind === 'sso' ? `${random.pick(['frank', 'grace', 'heidi'])}@example.com` : this.role.name,
      startedAt: stage.now,
      seconds: 3600,
      client: this.client,
      issuance: this.kind === 'lambda' ? 'delivered' : 'missing',
      showsAssumedRole: false,
    });
    this.session = session;
    if (this.kind === 'lambda') assumeByService(stage, 'lambda.amazonaws.com', session);
    return session;
  }
}

/** A person's SSO session, begun somewhat earlier. */
export function personSession(stage: Stage, role: Role, name: string): Session {
  return openSession(stage.random, {
    origin: 'federation',
    role,
    name,
    startedAt: stage.now - stage.random.below(HOUR),
    seconds: 3600,
    client: { address: '198.51.100.23', userAgent: DESK_AGENT, vpcEndpointId: null },
    issuance: 'missing',
  });
}

const DESK_AGENT =
  'aws-cli/2.17.20 md/awscrt#0.21.2 ua/2.0 os/macos#23.5.0 lang/python#3.11.9 cfg/retry-mode#standard';

/** A service's own AssumeRole: an issuance without a person, a pod or `assumedRoleUser`. */
export function assumeByService(stage: Stage, service: string, session: Session): void {
  stage.emit({
    at: session.startedAt,
    account: session.role.account,
    region: 'us-west-2',
    why: 'service-issuance',
    principal: { kind: 'service', service, pod: null },
    action: {
      kind: 'assume-role',
      assumption: {
        role: session.role,
        sessionName: session.name,
        seconds: null,
        session,
        tags: [],
        incomingTags: [],
      },
    },
    outcome: 'success',
    client: { address: service, userAgent: service, vpcEndpointId: null },
    isShared: true,
  });
}

/** AWS itself: services that write into an account, and events without a caller. */
export class ServiceItself implements Bystander {
  act(stage: Stage): void {
    const account = stage.random.pick(stage.world.accounts);
    const isEvent = stage.random.chance(0.3);
    const service = isEvent ? 'AWS Internal' : stage.random.pick(WRITING_SERVICES);
    stage.emit({
      at: stage.now,
      account,
      region: 'us-west-2',
      why: isEvent ? 'service-event' : 'aws-service',
      principal: { kind: 'service', service, pod: null },
      action: {
        kind: 'call',
        api: isEvent ? rotateKey : s3PutObject,
        resources: accountResources(account, 'us-west-2'),
      },
      outcome: 'success',
      client: { address: service, userAgent: service, vpcEndpointId: null },
      isShared: !isEvent,
    });
  }
}

const WRITING_SERVICES = ['cloudtrail.amazonaws.com', 'delivery.logs.amazonaws.com', 'config.amazonaws.com'];

/** GitHub Actions: a web identity that is no Kubernetes workload. */
export class DeploymentPipeline implements Bystander {
  private session: Session | null = null;

  act(stage: Stage): void {
    const { random, world } = stage;
    if (!this.session || this.session.expiresAt < stage.now || random.chance(0.2)) {
      const role = random.pick(world.github.roles);
      this.session = issueWebIdentity(stage, githubBearer(stage, role), {
        why: 'github-issuance',
        name: 'GitHubActions',
      });
    }
    const session = this.session;
    const resources = accountResources(session.role.account, 'us-west-2');
    if (random.chance(0.1)) {
      const inner = assumeRole(stage, session, random.pick(world.github.roles), {
        why: 'github-chain-assume',
        name: 'deploy',
        region: 'us-west-2',
      });
      stage.call(inner, random.pick(TOOLKITS.deployment), resources, { why: 'github-chain-call' });
      return;
    }
    stage.call(session, random.pick(TOOLKITS.deployment), resources, { why: 'github-call' });
  }
}

export function githubBearer({ random, world }: Stage, role: Role) {
  const repository = random.pick(['shop', 'infrastructure', 'website']);
  return {
    provider: world.github.provider,
    subject: `repo:example-org/${repository}:ref:refs/heads/main`,
    role,
    client: { address: `192.0.2.${random.between(1, 250)}`, userAgent: GITHUB_AGENT, vpcEndpointId: null },
    pod: null,
    region: 'us-west-2',
  };
}

const GITHUB_AGENT =
  'aws-sdk-js/3.600.0 ua/2.0 os/linux#6.5.0-1021-azure lang/js md/nodejs#20.14.0 api/sts#3.600.0 configure-aws-credentials-for-github-actions';

/** Everybody around the pods, the frequent ones more than once. */
export function bystandersOf(world: World, random: RandomSource): Bystander[] {
  const nodes = world.clusters.flatMap((cluster) =>
    cluster.nodes.map((node) => new NodeAgent(cluster, node)),
  );
  const desk = (address: number): Client => ({
    address: `198.51.100.${address}`,
    userAgent: DESK_AGENT,
    vpcEndpointId: null,
  });
  return [
    ...nodes,
    ...world.users.map((user) => new UserAtDesk(user)),
    ...world.ssoRoles.map((role) => new RoleHolder('sso', role, desk(random.between(1, 250)))),
    ...world.lambdaRoles.map(
      (role) => new RoleHolder('lambda', role, { ...desk(9), userAgent: LAMBDA_AGENT }),
    ),
    ...world.serviceLinkedRoles.map((role) => new RoleHolder('service-linked', role, desk(1))),
    new ServiceItself(),
    new ServiceItself(),
    new DeploymentPipeline(),
    new DeploymentPipeline(),
    new DeploymentPipeline(),
  ];
}

const LAMBDA_AGENT =
  'Boto3/1.34.42 md/Botocore#1.34.42 ua/2.0 os/linux#5.10.214 md/arch#x86_64 lang/python#3.12.3 exec-env/AWS_Lambda_python3.12 Botocore/1.34.42';
