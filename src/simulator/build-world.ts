// Owns how a simulated organization is put together from a seed: documentation accounts only, no real address.

import { RandomSource } from './random-source.ts';
import { SDK_PROFILES, sdkProfile } from './sdk-profiles.ts';
import { TOOLKITS, type ToolkitName } from './services/toolkits.ts';
import { type AccountId, type ClusterId, WORKLOAD_LINES, type WorkloadLine } from './workload-list.ts';
import type { Client, Cluster, IamUser, Node, Provider, Resources, Role, Workload, World } from './world.ts';

const ACCOUNTS = {
  main: '111122223333',
  europe: '444455556666',
  staging: '123456789012',
  edge: '222222222222',
  lake: '777788889999',
  outside: '999999999999',
} as const satisfies Record<AccountId, string>;

const CLUSTERS = [
  { id: 'prod-us', name: 'prod', account: 'main', region: 'us-west-2', isEks: true },
  { id: 'prod-eu', name: 'prod', account: 'europe', region: 'eu-west-1', isEks: true },
  { id: 'batch', name: 'batch-workloads', account: 'main', region: 'us-west-2', isEks: true },
  { id: 'staging', name: 'staging-platform', account: 'staging', region: 'us-east-1', isEks: true },
  { id: 'edge', name: 'edge', account: 'edge', region: 'us-west-2', isEks: false },
] as const satisfies readonly {
  id: ClusterId;
  name: string;
  account: AccountId;
  region: string;
  isEks: boolean;
}[];

const TEAMS = ['atlas', 'borealis', 'cobalt', 'delta', 'ember', 'falcon', 'granite', 'harbor'] as const;
const APPS = [
  'api',
  'worker',
  'sync',
  'importer',
  'scheduler',
  'gateway',
  'notifier',
  'catalog',
  'billing-sync',
] as const;
const KITS: readonly ToolkitName[] = ['service', 'service', 'worker', 'analytics', 'ingest', 'backup'];

/** Creates roles and providers once per name; holds what `buildWorld` needs while it builds. */
class WorldBuilder {
  readonly random: RandomSource;
  private readonly roles = new Map<string, Role>();
  private readonly providers = new Map<string, Provider>();
  private readonly namesClusters: boolean;

  constructor(seed: number, namesClusters: boolean) {
    this.random = new RandomSource(seed, 1);
    this.namesClusters = namesClusters;
  }

  /** `path` is `account/name` or `account/path/name`. */
  role(path: string): Role {
    const known = this.roles.get(path);
    if (known) return known;
    const [account = '', ...rest] = path.split('/');
    const role: Role = {
      index: this.roles.size,
      account: ACCOUNTS[account as AccountId],
      name: rest.at(-1) ?? '',
      arn: `arn:aws:iam::${ACCOUNTS[account as AccountId]}:role/${rest.join('/')}`,
      uniqueId: `AROA${this.random.base32(17)}`,
    };
    this.roles.set(path, role);
    return role;
  }

  provider(account: string, issuer: string, cluster: Cluster | null): Provider {
    const arn = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
    const isEks = cluster?.isEks ?? false;
    const named = isEks && this.namesClusters ? cluster : null;
    const provider = this.providers.get(arn) ?? {
      arn,
      issuer,
      isEks,
      clusterId: named?.arn ?? arn,
      clusterName: named?.name ?? issuer,
    };
    this.providers.set(arn, provider);
    return provider;
  }

  cluster({ id, name, account, region, isEks }: (typeof CLUSTERS)[number], index: number): Cluster {
    const nodes: Node[] = Array.from({ length: 8 }, (_, node) => ({
      instanceId: `i-0${this.random.hex(16)}`,
      privateAddress: `10.${index + 20}.${node}.${this.random.between(10, 250)}`,
      publicAddress: `203.0.113.${index * 40 + node + 1}`,
    }));
    return {
      name,
      account: ACCOUNTS[account],
      region,
      arn: isEks ? `arn:aws:eks:${region}:${ACCOUNTS[account]}:cluster/${name}` : '',
      issuer: isEks
        ? `oidc.eks.${region}.amazonaws.com/id/${this.random.hex(32).toUpperCase()}`
        : `${id}-oidc.s3.${region}.amazonaws.com/${id}.example.com`,
      isEks,
      nodeRole: this.role(`${account}/${id}-node-group`),
      nodes,
    };
  }

  workload(line: WorkloadLine, cluster: Cluster): Workload {
    const role = this.role(line.role);
    const chain = (line.chain ?? []).map((path) => this.role(path));
    const [, namespace = '', serviceAccount = ''] = line.subject.split('/');
    const stem = `${namespace}-${serviceAccount}`;
    const last = chain.at(-1) ?? role;
    return {
      cluster,
      namespace,
      serviceAccount,
      mechanism: line.mechanism,
      role,
      provider: line.mechanism === 'irsa' ? this.provider(role.account, cluster.issuer, cluster) : null,
      sdk: sdkProfile(line.sdk),
      naming: line.naming ?? 'sdk',
      chain,
      apis: TOOLKITS[line.kit],
      resources: this.resources(
        stem,
        line.resources ? ACCOUNTS[line.resources] : role.account,
        cluster.region,
      ),
      chainResources: this.resources(stem, last.account, cluster.region),
      replicas: line.replicas ?? 2,
      quirks: new Set(line.quirks ?? []),
    };
  }

  resources(stem: string, account: string, region: string): Resources {
    return { account, region, bucket: `${stem}-${account}-${region}`, stem, keyId: this.random.uuid() };
  }

  /** One of the many ordinary workloads that fill a larger trail. */
  ordinaryLine(number: number): WorkloadLine {
    const { id: cluster, account, isEks } = CLUSTERS[this.random.below(4)] ?? CLUSTERS[0];
    const namespace = `${this.random.pick(TEAMS)}-${number % 7}`;
    const serviceAccount = this.random.pick(APPS);
    const isChained = this.random.chance(0.15);
    return {
      subject: `${cluster}/${namespace}/${serviceAccount}`,
      mechanism: isEks && this.random.chance(0.45) ? 'pod-identity' : 'irsa',
      role: `${account}/${namespace}-${serviceAccount}-${number}`,
      sdk: this.random.pick(SDK_PROFILES).id,
      kit: this.random.pick(KITS),
      ...(isChained ? { chain: [`lake/${namespace}-${serviceAccount}-${number}`] as const } : {}),
      replicas: this.random.between(1, 3),
    };
  }

  user(account: AccountId, name: string): IamUser {
    return {
      name,
      account: ACCOUNTS[account],
      uniqueId: `AIDA${this.random.base32(17)}`,
      accessKeyId: `AKIA${this.random.base32(16)}`,
      client: this.deskClient(),
    };
  }

  deskClient(): Client {
    return {
      address: `198.51.100.${this.random.between(1, 250)}`,
      userAgent: this.random.pick(DESK_AGENTS),
      vpcEndpointId: null,
    };
  }
}

const DESK_AGENTS = [
  'aws-cli/2.17.20 md/awscrt#0.21.2 ua/2.0 os/macos#23.5.0 md/arch#arm64 lang/python#3.11.9 md/pyimpl#CPython exec-env/CLI cfg/retry-mode#standard md/installer#exe md/prompt#off',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'APN/1.0 HashiCorp/1.0 Terraform/1.8.5 (+https://www.terraform.io) terraform-provider-aws/5.56.1 aws-sdk-go-v2/1.30.0 os/macos lang/go#1.22.4',
] as const;

export interface WorldOptions {
  readonly seed: number;
  /** Workloads on top of the cast. */
  readonly ordinary: number;
  /** Whether a reader of the trail knows the EKS clusters behind the issuers. */
  readonly namesClusters: boolean;
}

export function buildWorld({ seed, ordinary, namesClusters }: WorldOptions): World {
  const builder = new WorldBuilder(seed, namesClusters);
  const clusters = CLUSTERS.map((line, index) => builder.cluster(line, index));
  const clusterOf = (subject: WorkloadLine['subject']): Cluster => {
    const cluster = clusters[CLUSTERS.findIndex(({ id }) => subject.startsWith(`${id}/`))];
    if (!cluster) throw new RangeError(`no cluster for ${subject}`);
    return cluster;
  };
  const lines = [...WORKLOAD_LINES];
  for (let number = 0; number < ordinary; number++) lines.push(builder.ordinaryLine(number));
  const workloads = lines.map((line) => builder.workload(line, clusterOf(line.subject)));
  const accounts = ['main', 'europe', 'staging', 'edge', 'lake'] as const;
  return {
    accounts: accounts.map((account) => ACCOUNTS[account]),
    clusters,
    workloads,
    users: [
      builder.user('main', 'alice'),
      builder.user('main', 'bob'),
      builder.user('europe', 'carol'),
      builder.user('staging', 'dave'),
      builder.user('lake', 'erin'),
    ],
    ssoRoles: accounts.map((account) =>
      builder.role(
        `${account}/aws-reserved/sso.amazonaws.com/AWSReservedSSO_PlatformAdmin_${builder.random.hex(16)}`,
      ),
    ),
    lambdaRoles: [builder.role('main/service-role/thumbnailer'), builder.role('lake/service-role/compactor')],
    serviceLinkedRoles: accounts.map((account) =>
      builder.role(`${account}/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`),
    ),
    github: {
      provider: builder.provider(ACCOUNTS.main, 'token.actions.githubusercontent.com', null),
      roles: [builder.role('main/github-deploy'), builder.role('main/github-publish')],
    },
    peopleAndPods: workloads[
      WORKLOAD_LINES.findIndex((line) => line.role === 'main/ops-toolbox')
    ] as Workload,
    piiExports: { ...builder.resources('pii-exports', ACCOUNTS.main, 'us-west-2'), bucket: 'pii-exports' },
    breakGlass: builder.role('main/break-glass'),
    meetingRole: builder.role('lake/shared-import'),
    missingRole: builder.role('main/etl-loader-typo'),
    outsideRole: builder.role('outside/partner-pipeline'),
    partnerRole: builder.role('lake/partner-import'),
  };
}
