// Reads which workloads roles may serve: trust policies for pods, and Pod Identity associations.
import type { EKSClient } from '@aws-sdk/client-eks';
import type { IAMClient } from '@aws-sdk/client-iam';
import { compact } from '../../compact.ts';
import type { Snapshot, SnapshotAssociation } from '../../diagnosis/snapshot-roles.ts';
import { PodtrailError } from '../../errors.ts';
import { hushNodeWarning, whyUnread } from '../aws-sdk.ts';
import { Readings } from '../readings.ts';

export interface SnapshotOptions {
  /** Whose clusters are read. */
  readonly regions: readonly string[];
  readonly now: Date;
}

/** Of the account of the credentials in use. Throws PodtrailError where IAM's roles can't be listed; of EKS, what fails is noted. */
export async function takeSnapshot({ regions, now }: SnapshotOptions): Promise<Snapshot> {
  hushNodeWarning();
  const [sts, iam, eks] = await Promise.all([
    import('@aws-sdk/client-sts'),
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-eks'),
  ]);
  const [region] = regions;
  const inRegion = compact({ region });
  const { Account = '' } = await needed('STS GetCallerIdentity', () =>
    new sts.STSClient(inRegion).send(new sts.GetCallerIdentityCommand({})),
  );
  const roles = await needed('IAM ListRoles', () => rolesOf(new iam.IAMClient(inRegion), iam));
  const readings = new Readings();
  const associations: SnapshotAssociation[] = [];
  for (const name of regions) {
    const client = new eks.EKSClient({ region: name });
    const clusters = await readings.of(`EKS ListClusters in ${name}`, () => clustersOf(client, eks));
    for (const cluster of clusters ?? []) {
      const found = await readings.of(`Pod Identity associations of ${cluster} in ${name}`, () =>
        associationsOf(client, eks, cluster),
      );
      associations.push(...(found ?? []));
    }
  }
  return {
    version: 1,
    takenAt: now.toISOString(),
    account: Account,
    roles,
    associations,
    unread: readings.unread,
  };
}

/** What a snapshot can't be without. */
async function needed<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new PodtrailError('snapshot', `could not read ${what}: ${whyUnread(error)}`, { cause: error });
  }
}

async function rolesOf(
  client: IAMClient,
  iam: typeof import('@aws-sdk/client-iam'),
): Promise<Snapshot['roles']> {
  const roles: { arn: string; trustPolicy: string }[] = [];
  for await (const { Roles = [] } of iam.paginateListRoles({ client }, {})) {
    for (const { Arn = '', AssumeRolePolicyDocument = '' } of Roles) {
      const trustPolicy = decoded(AssumeRolePolicyDocument);
      if (isOfPods(trustPolicy)) roles.push({ arn: Arn, trustPolicy });
    }
  }
  return roles;
}

/** Roles of people and services are nobody's evidence. */
function isOfPods(trustPolicy: string): boolean {
  return trustPolicy.includes(':oidc-provider/') || trustPolicy.includes('pods.eks.amazonaws.com');
}

function decoded(document: string): string {
  try {
    return decodeURIComponent(document);
  } catch {
    // It is kept as it is, and read as no policy.
    return document;
  }
}

type Eks = typeof import('@aws-sdk/client-eks');

async function clustersOf(client: EKSClient, eks: Eks): Promise<string[]> {
  const names: string[] = [];
  for await (const { clusters = [] } of eks.paginateListClusters({ client }, {})) names.push(...clusters);
  return names;
}

async function associationsOf(
  client: EKSClient,
  eks: Eks,
  clusterName: string,
): Promise<SnapshotAssociation[]> {
  const { cluster } = await client.send(new eks.DescribeClusterCommand({ name: clusterName }));
  const found: SnapshotAssociation[] = [];
  for await (const page of eks.paginateListPodIdentityAssociations({ client }, { clusterName })) {
    for (const { associationId, namespace = '', serviceAccount = '' } of page.associations ?? []) {
      const { association } = await client.send(
        new eks.DescribePodIdentityAssociationCommand({ clusterName, associationId }),
      );
      found.push({
        clusterArn: cluster?.arn ?? '',
        clusterName,
        namespace,
        serviceAccount,
        roleArn: association?.roleArn ?? '',
        targetRoleArn: association?.targetRoleArn ?? null,
      });
    }
  }
  return found;
}
