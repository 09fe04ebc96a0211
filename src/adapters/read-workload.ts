// Reads what decides one workload's credentials, from AWS and from its cluster, and completes the attempt with it.
import { compact } from '../compact.ts';
import type { Attempt, AwsFacts, ClusterFacts, Facts } from '../diagnosis/facts.ts';
import { type AccountOptions, AccountReader } from './account/read-account.ts';
import { type ClusterOptions, readCluster } from './kubernetes/read-cluster.ts';

export interface WorkloadOptions extends AccountOptions, Omit<ClusterOptions, 'endpoint'> {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly pod?: string;
}

/** What is known of the workload beside its failures; no source that cannot be read stops the others. */
export type WorkloadFacts = Required<Pick<Facts, 'attempt' | 'aws'>> & Pick<Facts, 'cluster'>;

/** `before` is what a record or a client's message says already; it is believed before what is read. */
export async function readWorkload(options: WorkloadOptions, before: Attempt): Promise<WorkloadFacts> {
  const reader = await AccountReader.open(options);
  const read = await reader.cluster(options.cluster);
  const cluster = await readCluster(options, { ...options, endpoint: read.endpoint });
  const { eksCluster } = read;
  const annotated = cluster?.serviceAccount?.roleArn ?? undefined;
  const asked: Attempt = {
    clusterName: options.cluster,
    ...(eksCluster ? { clusterArn: eksCluster.arn } : {}),
    ...(eksCluster?.issuer ? { issuer: eksCluster.issuer } : {}),
    ...compact({
      region: options.region,
      roleArn: before.mechanism === 'irsa' || goesByToken(cluster) ? annotated : undefined,
    }),
    ...audienceOf(cluster),
    ...before,
    namespace: options.namespace,
    serviceAccount: options.serviceAccount,
  };
  const aws = await reader.rest(asked, read, annotated);
  return {
    attempt: completed(asked, aws, annotated, goesByToken(cluster)),
    aws,
    ...(cluster === null ? {} : { cluster }),
  };
}

function audienceOf(cluster: ClusterFacts | null): Pick<Attempt, 'audience'> {
  const audience = cluster?.serviceAccount?.audience ?? undefined;
  return compact({ audience });
}

/** Whether the pods have variables of web identity and none of Pod Identity, as those made before an association have. */
function goesByToken(cluster: ClusterFacts | null): boolean {
  const all = (cluster?.pods ?? []).flatMap(({ containers }) => containers);
  const has = (variable: string) => all.some(({ environment }) => environment[variable] !== undefined);
  return has('AWS_ROLE_ARN') && !has('AWS_CONTAINER_CREDENTIALS_FULL_URI');
}

/** By which mechanism, and for which role: an association goes before the annotation, as the webhook has it. */
function completed(
  asked: Attempt,
  { associations = [], role }: AwsFacts,
  annotated: string | undefined,
  isByToken: boolean,
): Attempt {
  const [association] = associations;
  const roleArn = asked.roleArn ?? association?.roleArn ?? annotated ?? role?.arn;
  const ofRoles = association !== undefined ? 'pod-identity' : annotated !== undefined ? 'irsa' : undefined;
  const mechanism = asked.mechanism ?? (isByToken ? 'irsa' : ofRoles);
  return {
    ...asked,
    ...compact({ roleArn, mechanism }),
  };
}
