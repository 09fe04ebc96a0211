// Causes on the Kubernetes side of IRSA before a token is used: the ServiceAccount's annotation, and pods that do not have it.
import { accountOfRole, type Case, containersOf } from '../case.ts';
import { type CauseRules, evidence, likely, possible, proven } from '../cause.ts';

const NO_CREDENTIALS = {
  pattern:
    /unable to locate credentials|NoCredentialProviders|no valid providers in chain|Could not load credentials from any providers|Unable to load (AWS )?credentials from any( of the)? provider|failed to refresh cached credentials, no EC2 IMDS role found/i,
  means: 'possible',
} as const;

export const SERVICE_ACCOUNT_CAUSES = {
  'annotation-missing': {
    mechanism: 'irsa',
    symptoms: [NO_CREDENTIALS],
    judge: (one) => {
      const { cluster, aws } = one;
      const account = cluster?.serviceAccount;
      if (account === undefined) return null;
      if (account === null)
        return proven(
          'the ServiceAccount does not exist',
          evidence('sa_config', 'The cluster has no such ServiceAccount.'),
        );
      if (account.roleArn !== null || (aws?.associations?.length ?? 0) > 0 || hasOtherRole(one))
        return 'refuted';
      const [misnamed] = account.misnamed ?? [];
      const isOnPod = cluster?.pods?.some(({ hasRoleAnnotation }) => hasRoleAnnotation === true) === true;
      const instead =
        misnamed !== undefined
          ? `, but ${misnamed}, which is not read`
          : isOnPod
            ? ', but on its pod, where it is not read'
            : '';
      const told = evidence(
        'sa_config',
        `The ServiceAccount has no annotation eks.amazonaws.com/role-arn${instead}.`,
      );
      const detail = `no eks.amazonaws.com/role-arn on the ServiceAccount${instead}`;
      return aws?.associations === undefined
        ? likely(detail, told)
        : proven(`${detail}; no association`, told);
    },
  },
  'annotation-malformed': {
    mechanism: 'irsa',
    symptoms: [
      { pattern: /Request ARN is invalid/i, means: 'proven' },
      { pattern: /at 'roleArn' failed to satisfy constraint/i, means: 'proven' },
    ],
    judge: (one) => {
      const written = one.cluster?.serviceAccount?.roleArn ?? one.attempt.roleArn;
      if (written === undefined || written === null) return null;
      const fault = faultOfRoleArn(written, partitionOf(one));
      return fault === null
        ? one.cluster?.serviceAccount === undefined
          ? null
          : 'refuted'
        : proven(fault, evidence('sa_config', `The role is given as "${written}".`));
    },
  },
  'annotation-other-account': {
    mechanism: 'irsa',
    symptoms: [],
    judge: ({ cluster, aws, attempt, isRefused, lines }) => {
      const ofRole = accountOfRole(cluster?.serviceAccount?.roleArn ?? attempt.roleArn);
      const ofCluster = /:(\d{12}):cluster\//.exec(aws?.eksCluster?.arn ?? attempt.clusterArn ?? '')?.[1];
      if (ofRole === undefined || ofCluster === undefined) return null;
      if (ofRole === ofCluster) return 'refuted';
      const fails = isRefused || lines.some((line) => /No OpenIDConnect provider found/i.test(line));
      return fails
        ? possible(
            `the role is of account ${ofRole}, the cluster of ${ofCluster}`,
            evidence('sa_config', `The role's ARN has account ${ofRole}, the cluster's ${ofCluster}.`),
          )
        : null;
    },
  },
  'pod-other-service-account': {
    mechanism: 'irsa',
    symptoms: [],
    judge: ({ attempt, cluster, isRefused, trust }) => {
      const wanted = attempt.serviceAccount;
      const other = cluster?.pods?.find((pod) => wanted !== undefined && pod.serviceAccount !== wanted);
      if (other !== undefined)
        return proven(
          `pod ${other.name} runs as ${other.serviceAccount}, not as ${wanted}`,
          evidence('cluster', `Pod ${other.name} has serviceAccountName ${other.serviceAccount}.`),
        );
      if (wanted === 'default' && isRefused && trust?.answer.decision !== 'allowed')
        return possible(
          'the subject is the ServiceAccount "default", which is what a pod without serviceAccountName gets',
          evidence(
            'credential_finding',
            `The token's subject is system:serviceaccount:${attempt.namespace}:default.`,
          ),
        );
      return cluster?.pods === undefined ? null : 'refuted';
    },
  },
  'pod-older-than-annotation': {
    mechanism: 'irsa',
    symptoms: [NO_CREDENTIALS],
    judge: (one) => {
      const account = one.cluster?.serviceAccount;
      if (account === undefined || one.cluster?.pods === undefined) return null;
      if (account === null || account.roleArn === null || account.annotatedAt === null) return 'refuted';
      const old = containersOf(one).find(
        ({ pod, container }) =>
          pod.createdAt < (account.annotatedAt ?? 0) &&
          container.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI === undefined &&
          container.environment.AWS_ROLE_ARN !== account.roleArn,
      );
      return old === undefined
        ? 'refuted'
        : // The time is that of the last change by whoever set it, which may have been of another field.
          likely(
            `pod ${old.pod.name} was created before the annotation was set last`,
            evidence(
              'cluster',
              `Pod ${old.pod.name} is of ${time(old.pod.createdAt)}; the annotation, or a field beside it, was set at ${time(account.annotatedAt)}.`,
            ),
          );
    },
  },
} as const satisfies CauseRules;

/** Whether the pods have a role by variables of their own, or STS was asked with a token: then nothing waits for an annotation. */
function hasOtherRole(one: Case): boolean {
  const isAsked = one.isRefused && one.attempt.action === 'AssumeRoleWithWebIdentity';
  return (
    isAsked || containersOf(one).some(({ container }) => container.environment.AWS_ROLE_ARN !== undefined)
  );
}

/** Why a text is no role's ARN, in words; null where it is one. */
function faultOfRoleArn(written: string, partition: string | undefined): string | null {
  if (/\$\{|\{\{|\$\(|%[A-Z_]+%|<[A-Za-z_-]+>/.test(written))
    return 'the annotation is a template that was never filled in';
  if (written.trim() !== written) return 'the ARN has white space around it';
  const [, ofPartition, service, region, account, resource] =
    /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(written) ?? [];
  if (resource === undefined) return 'it is not an ARN';
  if (service === 'iam' && resource.startsWith('policy/')) return 'it is the ARN of a policy, not of a role';
  if (service === 'iam' && resource.startsWith('instance-profile/'))
    return 'it is the ARN of an instance profile, not of a role';
  if (service !== 'iam' || region !== '' || !/^role\/[^:]+$/.test(resource))
    return resource.includes(':') || region !== ''
      ? 'the ARN has a colon too many or too few'
      : 'it is not the ARN of a role';
  if (!/^\d{12}$/.test(account ?? '')) return 'its account is not twelve digits';
  if (!/^aws(-[a-z]+)*$/.test(ofPartition ?? '')) return `unknown partition "${ofPartition}"`;
  if (partition !== undefined && ofPartition !== partition)
    return `its partition is ${ofPartition}, the cluster's is ${partition}`;
  return null;
}

function partitionOf({ aws, attempt }: Case): string | undefined {
  return /^arn:([^:]+):eks:/.exec(aws?.eksCluster?.arn ?? attempt.clusterArn ?? '')?.[1];
}

export function time(at: number): string {
  return new Date(at).toISOString().replace(/[.]000Z$/, 'Z');
}
