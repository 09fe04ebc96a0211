// Causes on the Kubernetes side of IRSA before a token is used: the ServiceAccount's annotation, and pods that do not have it.
import { accountOfRole, type Case, containersOf } from '../case.ts';
import { type Cause, evidence, likely, possible, proven } from '../cause.ts';
import { RESTART } from './shared.ts';

const NOTHING = "Nothing: STS is never asked. Calls of the node's role may appear instead";
const NO_CREDENTIALS = {
  text: 'Unable to locate credentials',
  pattern:
    /unable to locate credentials|NoCredentialProviders|no valid providers in chain|Could not load credentials from any providers|Unable to load (AWS )?credentials from any( of the)? provider|failed to refresh cached credentials, no EC2 IMDS role found/i,
  means: 'possible',
} as const;
const NODE_ROLE_TELL = 'kubectl get serviceaccount <service-account> -n <namespace> -o yaml';
const ANNOTATE = {
  command:
    'kubectl annotate serviceaccount <service-account> -n <namespace> --overwrite eks.amazonaws.com/role-arn=<role-arn>',
  safety: 'YELLOW',
  needs: 'the owner of the workload',
} as const;
const LOOK = { command: NODE_ROLE_TELL, safety: 'GREEN', needs: 'nobody' } as const;
const LINKS = ['https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html'];

const SHARED = {
  root: 'irsa_annotation',
  mechanism: 'irsa',
  trail: NOTHING,
  who: 'the owner of the workload',
  links: LINKS,
} as const;

export const SERVICE_ACCOUNT_CAUSES: readonly Cause[] = [
  {
    ...SHARED,
    id: 'annotation-missing',
    title: 'The ServiceAccount has no role annotation',
    symptoms: [NO_CREDENTIALS],
    proves:
      'The ServiceAccount has no eks.amazonaws.com/role-arn, and no Pod Identity association gives it a role instead.',
    suggests:
      "A client that finds no credentials, or calls of the node's role from a pod that should have its own.",
    immediate:
      'Annotate the ServiceAccount with the role and restart its pods: the webhook acts when a pod is created.',
    longTerm:
      "Keep the annotation with the workload's manifests, so that it is applied with the ServiceAccount.",
    actions: [LOOK, ANNOTATE, RESTART],
    tell: NODE_ROLE_TELL,
    judge: ({ cluster, aws }) => {
      const account = cluster?.serviceAccount;
      if (account === undefined) return null;
      if (account === null)
        return proven(
          'the ServiceAccount does not exist',
          evidence('sa_config', 'The cluster has no such ServiceAccount.'),
        );
      if (account.roleArn !== null || (aws?.associations?.length ?? 0) > 0) return 'refuted';
      const content = 'The ServiceAccount has no annotation eks.amazonaws.com/role-arn.';
      return aws?.associations === undefined
        ? likely('no eks.amazonaws.com/role-arn on the ServiceAccount', evidence('sa_config', content))
        : proven(
            'no eks.amazonaws.com/role-arn on the ServiceAccount, and no association',
            evidence('sa_config', content),
          );
    },
  },
  {
    ...SHARED,
    id: 'annotation-malformed',
    title: 'The annotation is not the ARN of a role',
    symptoms: [
      {
        text: 'ValidationError: Request ARN is invalid',
        pattern: /Request ARN is invalid/i,
        means: 'proven',
      },
      {
        text: "ValidationError: 1 validation error detected: Value '' at 'roleArn' failed to satisfy constraint",
        pattern: /at 'roleArn' failed to satisfy constraint/i,
        means: 'proven',
      },
    ],
    trail: 'Nothing, as far as is known: STS refuses the request before it is a legitimate one',
    proves:
      'The annotation, AWS_ROLE_ARN of the pod or the request has no ARN of an IAM role; or STS said so.',
    suggests: 'Nothing.',
    immediate: 'Write the role\'s ARN as "aws iam get-role" prints it, and restart the pods.',
    longTerm:
      'Have the ARN filled in by what creates the role, and let the deployment fail where it is empty.',
    actions: [LOOK, ANNOTATE, RESTART],
    tell: NODE_ROLE_TELL,
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
  {
    ...SHARED,
    id: 'annotation-other-account',
    title: 'The annotation names a role of another account',
    symptoms: [],
    proves:
      "Never by itself: a role of another account is used on purpose, with the cluster's provider in that account.",
    suggests:
      "The role's account is not the cluster's, and the assumption is refused or the provider is not found.",
    immediate:
      'Check the twelve digits of the ARN; if the other account is meant, its provider and trust policy must be in that account.',
    longTerm: 'Copy values between environments by name, not by ARN.',
    actions: [LOOK, ANNOTATE, RESTART],
    tell: NODE_ROLE_TELL,
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
  {
    ...SHARED,
    id: 'pod-other-service-account',
    title: 'The pod runs as another ServiceAccount than the one with the role',
    symptoms: [],
    trail: 'Nothing, or the calls and failures of the other ServiceAccount',
    proves: 'A pod that was named runs as another ServiceAccount, often "default".',
    suggests: 'Failures of the subject system:serviceaccount:<namespace>:default.',
    immediate: 'Set serviceAccountName in the pod template; a pod keeps the one that it was created with.',
    longTerm: 'Refuse pods of "default" in namespaces whose workloads have roles.',
    actions: [
      {
        command:
          "kubectl get pods -n <namespace> -o custom-columns='POD:.metadata.name,SA:.spec.serviceAccountName'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      {
        command: 'kubectl set serviceaccount deployment -n <namespace> <service-account> <service-account>',
        safety: 'YELLOW',
        needs: 'the owner of the workload',
      },
    ],
    tell: "kubectl get pods -n <namespace> -o custom-columns='POD:.metadata.name,SA:.spec.serviceAccountName'",
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
  {
    ...SHARED,
    id: 'pod-older-than-annotation',
    title: 'The pod is older than the annotation',
    symptoms: [NO_CREDENTIALS],
    proves:
      'The annotation was set after the pod was created, and the pod lacks AWS_ROLE_ARN or has another.',
    suggests: 'Pods of one ServiceAccount of which only the older ones fail.',
    immediate: 'Restart the pods: the webhook acts when a pod is created.',
    longTerm: 'Let a change of the annotation change the pod template too, such as by a checksum annotation.',
    actions: [
      {
        command: 'kubectl get pods -n <namespace> --sort-by=.metadata.creationTimestamp',
        safety: 'GREEN',
        needs: 'nobody',
      },
      RESTART,
    ],
    tell: 'kubectl get serviceaccount <service-account> -n <namespace> -o yaml --show-managed-fields',
    judge: (one) => {
      const account = one.cluster?.serviceAccount;
      if (account === undefined || one.cluster?.pods === undefined) return null;
      if (account === null || account.roleArn === null || account.annotatedAt === null) return 'refuted';
      const old = containersOf(one).find(
        ({ pod, container }) =>
          pod.createdAt < (account.annotatedAt ?? 0) &&
          container.environment.AWS_ROLE_ARN !== account.roleArn,
      );
      return old === undefined
        ? 'refuted'
        : proven(
            `pod ${old.pod.name} was created before the annotation was set`,
            evidence(
              'cluster',
              `Pod ${old.pod.name} is of ${time(old.pod.createdAt)}; the annotation was set at ${time(account.annotatedAt)}.`,
            ),
          );
    },
  },
];

/** Why a text is no role's ARN, in words; null where it is one. */
function faultOfRoleArn(written: string, partition: string | undefined): string | null {
  if (/\$\{|\{\{|\$\(|%[A-Z_]+%|<[A-Za-z_-]+>/.test(written))
    return 'the annotation is a template that was never filled in';
  if (written.trim() !== written) return 'the ARN has white space around it';
  const [, ofPartition, service, region, account, resource] =
    /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(written) ?? [];
  if (resource === undefined) return 'it is no ARN';
  if (service === 'iam' && resource.startsWith('policy/')) return 'it is the ARN of a policy, not of a role';
  if (service === 'iam' && resource.startsWith('instance-profile/'))
    return 'it is the ARN of an instance profile, not of a role';
  if (service !== 'iam' || region !== '' || !/^role\/[^:]+$/.test(resource))
    return resource.includes(':') || region !== ''
      ? 'the ARN has a colon too many or too few'
      : 'it is not the ARN of a role';
  if (!/^\d{12}$/.test(account ?? '')) return 'its account is not twelve digits';
  if (!/^aws(-[a-z]+)*$/.test(ofPartition ?? '')) return `there is no partition "${ofPartition}"`;
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
