// Reads from AWS what decides one workload's credentials: role, OIDC providers, EKS cluster, associations.
import type { EKSClient } from '@aws-sdk/client-eks';
import type { IAMClient } from '@aws-sdk/client-iam';
import { compact } from '../../compact.ts';
import { accountOfRole, roleName } from '../../diagnosis/case.ts';
import type {
  Association,
  Attempt,
  AwsFacts,
  EksClusterFacts,
  ProviderFacts,
  RoleFacts,
} from '../../diagnosis/facts.ts';
import { issuerOfProvider, plainIssuer } from '../../diagnosis/policy/issuer.ts';
import { hushNodeWarning } from '../aws-sdk.ts';
import { Readings } from '../readings.ts';

export interface AccountOptions {
  /** The cluster's region; else the SDK's own default. */
  readonly region?: string;
}

/** Kept apart: the SDK is loaded only where somebody asks. */
async function load() {
  hushNodeWarning();
  const [sts, eks, iam, ec2] = await Promise.all([
    import('@aws-sdk/client-sts'),
    import('@aws-sdk/client-eks'),
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-ec2'),
  ]);
  return { sts, eks, iam, ec2 };
}

type Sdk = Awaited<ReturnType<typeof load>>;

export interface ReadCluster {
  readonly eksCluster?: EksClusterFacts | null;
  /** The API server's address, by which a kubeconfig is told to be this cluster's. */
  readonly endpoint: string | null;
}

/** Reads in two steps, since the role may be known only once the cluster was read. */
export class AccountReader {
  readonly #sdk: Sdk;
  readonly #options: AccountOptions;
  readonly #readings = new Readings();
  #accountId: string | undefined;

  private constructor(sdk: Sdk, options: AccountOptions) {
    this.#sdk = sdk;
    this.#options = options;
  }

  static async open(options: AccountOptions): Promise<AccountReader> {
    return new AccountReader(await load(), options);
  }

  /** https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html */
  async cluster(name: string): Promise<ReadCluster> {
    const { STSClient, GetCallerIdentityCommand } = this.#sdk.sts;
    const identity = await this.#readings.of('STS GetCallerIdentity', () =>
      new STSClient(this.#settings()).send(new GetCallerIdentityCommand({})),
    );
    this.#accountId = identity?.Account;
    // Nobody may be refused this question: without an answer there are no credentials, or no way to AWS, for the others either.
    if (this.#accountId === undefined) return { endpoint: null };
    const { DescribeClusterCommand, ResourceNotFoundException } = this.#sdk.eks;
    const answer = await this.#readings.of(
      `EKS DescribeCluster of ${name}`,
      () => this.#eks().send(new DescribeClusterCommand({ name })),
      (error) => error instanceof ResourceNotFoundException,
    );
    if (answer === undefined) return { endpoint: null };
    const cluster = answer?.cluster;
    if (cluster === undefined || cluster === null) return { eksCluster: null, endpoint: null };
    const issuer = cluster.identity?.oidc?.issuer;
    return {
      endpoint: cluster.endpoint ?? null,
      eksCluster: {
        name,
        arn: cluster.arn ?? '',
        issuer: issuer === undefined ? null : plainIssuer(issuer),
        vpcId: cluster.resourcesVpcConfig?.vpcId ?? null,
        isPublic: cluster.resourcesVpcConfig?.endpointPublicAccess === true,
        isAutoMode: cluster.computeConfig?.enabled === true,
        createdAt: cluster.createdAt?.getTime() ?? null,
      },
    };
  }

  /**
   * What else decides, for an attempt whose role and cluster are known as far as they are. An attempt without a role is taken to be
   * for that of the association, else for the one that the ServiceAccount is annotated with.
   */
  async rest(
    attempt: Attempt,
    { eksCluster }: ReadCluster,
    annotated: string | undefined,
  ): Promise<AwsFacts> {
    if (this.#accountId === undefined) return { unread: this.#readings.unread };
    const associations = eksCluster ? await this.#associations(eksCluster.name, attempt) : undefined;
    const roleArn = attempt.roleArn ?? associations?.[0]?.roleArn ?? annotated;
    const [agentAddOn, vpcEndpoints, role, providers] = [
      eksCluster ? await this.#addOn(eksCluster.name) : undefined,
      eksCluster ? await this.#endpoints(eksCluster) : undefined,
      roleArn === undefined ? undefined : await this.#role(roleArn),
      await this.#providers(attempt.issuer ?? eksCluster?.issuer ?? undefined),
    ];
    return {
      accountId: this.#accountId,
      ...compact({ eksCluster, associations, agentAddOn, vpcEndpoints, role, providers }),
      unread: this.#readings.unread,
    };
  }

  #settings() {
    const { region } = this.#options;
    return { maxAttempts: 3, ...compact({ region }) };
  }

  #eks(): EKSClient {
    return new this.#sdk.eks.EKSClient(this.#settings());
  }

  /** IAM is one for all regions, and its client still wants one. */
  #iam(): IAMClient {
    return new this.#sdk.iam.IAMClient(this.#settings());
  }

  async #associations(
    clusterName: string,
    { namespace, serviceAccount }: Attempt,
  ): Promise<Association[] | undefined> {
    const { paginateListPodIdentityAssociations, DescribePodIdentityAssociationCommand } = this.#sdk.eks;
    const client = this.#eks();
    const listed = await this.#readings.of('EKS ListPodIdentityAssociations', async () => {
      const ids: string[] = [];
      const pages = paginateListPodIdentityAssociations(
        { client },
        { clusterName, namespace, serviceAccount },
      );
      for await (const { associations = [] } of pages)
        ids.push(...associations.flatMap((one) => one.associationId ?? []));
      return ids;
    });
    if (listed === undefined || listed === null) return undefined;
    const found: Association[] = [];
    for (const associationId of listed.slice(0, 20)) {
      const answer = await this.#readings.of(`EKS DescribePodIdentityAssociation of ${associationId}`, () =>
        client.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
      );
      const one = answer?.association;
      if (one === undefined) continue;
      found.push({
        id: associationId,
        roleArn: one.roleArn ?? '',
        targetRoleArn: one.targetRoleArn ?? null,
        hasSessionTags: one.disableSessionTags !== true,
        ...compact({ createdAt: one.createdAt?.getTime() }),
      });
    }
    return found;
  }

  async #addOn(clusterName: string): Promise<AwsFacts['agentAddOn']> {
    const { DescribeAddonCommand, ResourceNotFoundException } = this.#sdk.eks;
    const answer = await this.#readings.of(
      'EKS DescribeAddon of eks-pod-identity-agent',
      () => this.#eks().send(new DescribeAddonCommand({ clusterName, addonName: 'eks-pod-identity-agent' })),
      (error) => error instanceof ResourceNotFoundException,
    );
    if (answer === undefined || answer === null) return answer;
    const { status = 'unknown', addonVersion = 'unknown', health } = answer.addon ?? {};
    return {
      status,
      version: addonVersion,
      issues: (health?.issues ?? []).map(({ code, message }) => `${code ?? 'issue'}: ${message ?? ''}`),
    };
  }

  async #endpoints({ vpcId }: EksClusterFacts): Promise<AwsFacts['vpcEndpoints']> {
    if (vpcId === null) return undefined;
    const { EC2Client, paginateDescribeVpcEndpoints } = this.#sdk.ec2;
    const found = await this.#readings.of('EC2 DescribeVpcEndpoints', async () => {
      const all: { service: string; state: string }[] = [];
      const pages = paginateDescribeVpcEndpoints(
        { client: new EC2Client(this.#settings()) },
        { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] },
      );
      for await (const { VpcEndpoints = [] } of pages)
        all.push(
          ...VpcEndpoints.map(({ ServiceName = '', State = 'unknown' }) => ({
            service: ServiceName,
            state: State,
          })),
        );
      return all;
    });
    return found ?? undefined;
  }

  async #role(arn: string): Promise<RoleFacts | null | undefined> {
    const account = accountOfRole(arn);
    const name = roleName(arn);
    // What the annotation says may be no role's ARN at all, which is a finding and not a question to IAM.
    if (account === undefined || name === undefined) return undefined;
    if (this.#accountId !== undefined && account !== this.#accountId)
      return this.#readings.note(
        `IAM of account ${account}`,
        `the credentials in use are of account ${this.#accountId}`,
      );
    const { GetRoleCommand, NoSuchEntityException } = this.#sdk.iam;
    const client = this.#iam();
    const answer = await this.#readings.of(
      `IAM GetRole of ${name}`,
      () => client.send(new GetRoleCommand({ RoleName: name })),
      (error) => error instanceof NoSuchEntityException,
    );
    if (answer === undefined || answer === null) return answer;
    const {
      Arn = arn,
      AssumeRolePolicyDocument = '',
      MaxSessionDuration,
      PermissionsBoundary,
    } = answer.Role ?? {};
    const policies = await this.#readings.of(`IAM policies of ${name}`, () => this.#policies(client, name));
    return {
      arn: Arn,
      trustPolicy: AssumeRolePolicyDocument,
      ...compact({ maxSessionSeconds: MaxSessionDuration }),
      boundaryArn: PermissionsBoundary?.PermissionsBoundaryArn ?? null,
      ...(policies === undefined || policies === null ? {} : { policies }),
    };
  }

  async #policies(client: IAMClient, RoleName: string): Promise<string[]> {
    const { paginateListAttachedRolePolicies, paginateListRolePolicies } = this.#sdk.iam;
    const names: string[] = [];
    for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName }))
      names.push(...AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []));
    for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName }))
      names.push(...PolicyNames);
    return names;
  }

  /** All by ARN; the client ids only of the one that matters. */
  async #providers(issuer: string | undefined): Promise<ProviderFacts[] | undefined> {
    const { ListOpenIDConnectProvidersCommand, GetOpenIDConnectProviderCommand } = this.#sdk.iam;
    const client = this.#iam();
    const listed = await this.#readings.of('IAM ListOpenIDConnectProviders', () =>
      client.send(new ListOpenIDConnectProvidersCommand({})),
    );
    if (listed === undefined || listed === null) return undefined;
    const arns = (listed.OpenIDConnectProviderList ?? []).flatMap(({ Arn }) => Arn ?? []);
    const isOwn = (arn: string) =>
      issuer !== undefined && issuerOfProvider(arn)?.toLowerCase() === issuer.toLowerCase();
    const own = arns.find(isOwn);
    const detail =
      own === undefined
        ? undefined
        : await this.#readings.of('IAM GetOpenIDConnectProvider', () =>
            client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: own })),
          );
    return arns.map((arn) =>
      arn === own && detail?.ClientIDList !== undefined ? { arn, clientIds: detail.ClientIDList } : { arn },
    );
  }
}
