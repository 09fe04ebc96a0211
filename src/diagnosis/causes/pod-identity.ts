// Causes of EKS Pod Identity: the association, the role's trust in EKS, the agent on the node, and both mechanisms at once.
import { accountOfRole, type Case, containersOf } from '../case.ts';
import { type Cause, evidence, type Judgement, likely, possible, proven } from '../cause.ts';
import type { Failure } from '../policy/failures.ts';
import { RESTART, UPDATE_TRUST_POLICY } from './actions.ts';

const LIST =
  'aws eks list-pod-identity-associations --cluster-name <cluster> --namespace <namespace> --service-account <service-account>';
const AGENT = 'kubectl get daemonset eks-pod-identity-agent -n kube-system';
const EXPLAIN =
  'aws iam get-role --role-name <role> > role.json && podtrail policy explain role.json --pod-identity <namespace>/<service-account> --cluster <cluster-arn>';
const SHARED = {
  root: 'pod_identity',
  mechanism: 'pod-identity',
  who: 'whoever runs the cluster',
} as const;
const CREATE = {
  command:
    'aws eks create-pod-identity-association --cluster-name <cluster> --namespace <namespace> --service-account <service-account> --role-arn <role-arn>',
  safety: 'YELLOW',
  needs: 'the owner of the workload and whoever may pass the role',
} as const;
const NO_PERMISSION = {
  text: 'AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role.',
  pattern: /EKS does not have permissions to assume the associated role/i,
  means: null,
} as const;
const TRUST = {
  ...SHARED,
  symptoms: [NO_PERMISSION],
  trail:
    'AssumeRoleForPodIdentity with AccessDenied and "EKS does not have permissions to assume the associated role"; AssumeRole by pods.eks.amazonaws.com, denied',
  who: 'the owner of the role',
  actions: [{ command: EXPLAIN, safety: 'GREEN', needs: 'nobody' }, UPDATE_TRUST_POLICY],
  tell: EXPLAIN,
  links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html'],
} as const;

export const POD_IDENTITY_CAUSES: readonly Cause[] = [
  {
    ...SHARED,
    id: 'association-missing',
    title: 'No Pod Identity association for the ServiceAccount',
    symptoms: [
      {
        text: 'ResourceNotFoundException: No Pod Identity association found',
        pattern:
          /ResourceNotFoundException.{0,200}(association|pod identity)|no (pod identity )?association( was)? found/i,
        means: 'proven',
      },
    ],
    trail:
      'AssumeRoleForPodIdentity with ResourceNotFoundException; DeletePodIdentityAssociation where one was deleted',
    proves: 'EKS says so; or its list of associations has none for the ServiceAccount.',
    suggests: 'DeletePodIdentityAssociation in the trail.',
    immediate: 'Create the association and restart the pods: the variables are set when a pod is created.',
    longTerm: 'Create the association with the workload.',
    actions: [{ command: LIST, safety: 'GREEN', needs: 'nobody' }, CREATE, RESTART],
    tell: LIST,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html'],
    judge: (one) => {
      const { aws, trail, attempt } = one;
      if (
        /^ResourceNotFound/.test(attempt.errorCode ?? '') &&
        /AssumeRoleForPodIdentity$/.test(attempt.action ?? '')
      )
        return proven(
          'EKS has no association for the ServiceAccount',
          evidence('trail', 'AssumeRoleForPodIdentity was answered with ResourceNotFoundException.'),
        );
      if (aws?.associations !== undefined) {
        if (aws.associations.length > 0) return 'refuted';
        if (usesIrsa(one)) return null;
        // A workload of IRSA has none either.
        const isSure = attempt.mechanism === 'pod-identity';
        return (isSure ? proven : possible)(
          'EKS lists no association for the ServiceAccount',
          evidence('provider', 'ListPodIdentityAssociations gives none.'),
        );
      }
      const gone = trail?.changes.find(({ eventName }) => eventName === 'DeletePodIdentityAssociation');
      return gone === undefined
        ? null
        : likely(
            `the association was deleted at ${new Date(gone.at).toISOString()} by ${gone.by}`,
            evidence('trail', `DeletePodIdentityAssociation of ${gone.target} by ${gone.by}.`),
          );
    },
  },
  {
    ...SHARED,
    id: 'association-other-role',
    title: 'The association gives another role',
    symptoms: [],
    trail: 'Sessions of the workload with the other role, and its denied calls',
    proves: "The association's role is not the one that was asked about.",
    suggests: 'Denied calls of a role that is not the one expected.',
    immediate: 'Set the role of the association and restart the pods.',
    longTerm: 'Keep associations in the same source as the roles.',
    actions: [
      { command: LIST, safety: 'GREEN', needs: 'nobody' },
      {
        command:
          'aws eks update-pod-identity-association --cluster-name <cluster> --association-id <association> --role-arn <role-arn>',
        safety: 'YELLOW',
        needs: 'the owner of the workload and whoever may pass the role',
      },
    ],
    tell: LIST,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html'],
    judge: ({ aws, attempt, cluster }) => {
      const wanted = attempt.roleArn;
      // With an annotation besides, both are at odds, which is another cause.
      if ((cluster?.serviceAccount?.roleArn ?? null) !== null) return null;
      const associations = aws?.associations ?? [];
      if (wanted === undefined || associations.length === 0) return null;
      const other = associations.find(
        ({ roleArn, targetRoleArn }) => roleArn !== wanted && targetRoleArn !== wanted,
      );
      return other === undefined
        ? 'refuted'
        : proven(
            `the association gives ${other.roleArn}, not ${wanted}`,
            evidence('provider', `Association ${other.id} has role ${other.roleArn}.`),
          );
    },
  },
  {
    ...TRUST,
    id: 'pod-identity-not-trusted',
    title: 'The role does not trust pods.eks.amazonaws.com',
    proves: 'No statement of the trust policy admits the principal pods.eks.amazonaws.com.',
    suggests: 'EKS says that it may not assume the role.',
    immediate: 'Let the trust policy admit pods.eks.amazonaws.com to do sts:AssumeRole and sts:TagSession.',
    longTerm: 'A role that is moved from IRSA needs the new statement beside the old one.',
    judge: (one) =>
      ofTrust(
        one,
        ({ element }) => /^(Not)?Principal$/.test(element),
        'no statement admits pods.eks.amazonaws.com',
      ),
  },
  {
    ...TRUST,
    id: 'pod-identity-without-tag-session',
    title: 'The role lets EKS assume it and does not allow sts:TagSession',
    proves: 'The statement for pods.eks.amazonaws.com allows sts:AssumeRole and not sts:TagSession.',
    suggests: 'EKS says that it may not assume the role.',
    immediate: 'Add sts:TagSession to the actions of the statement.',
    longTerm: 'Start from the trust policy of the documentation.',
    judge: (one) =>
      ofTrust(
        one,
        ({ element }) => /^(Not)?Action$/.test(element),
        'the statement for pods.eks.amazonaws.com lacks an action that EKS needs',
      ),
  },
  {
    ...TRUST,
    id: 'pod-identity-condition',
    title: "A condition of the role's trust policy keeps this pod out",
    proves: 'The first failing condition is one on a tag that EKS sets, or on the cluster or account.',
    suggests: 'EKS says that it may not assume the role, where other workloads with it succeed.',
    immediate:
      'Add this cluster, namespace or ServiceAccount to the condition, if it is meant to have the role.',
    longTerm: 'Give each workload a role of its own.',
    judge: (one) =>
      ofTrust(one, ({ element }) => element === 'Condition', 'a condition of the trust policy is not met'),
  },
  {
    ...TRUST,
    id: 'pod-identity-trust-not-known',
    title:
      'EKS may not assume the role of the association; most likely its trust policy, which is not known, does not admit EKS',
    symptoms: [{ ...NO_PERMISSION, means: 'likely' }],
    proves: 'Never: with the trust policy the cause is one of those above.',
    suggests: 'The refusal itself, by record or by message.',
    immediate:
      'See which role the association gives, and whether its trust policy admits pods.eks.amazonaws.com to do sts:AssumeRole and sts:TagSession.',
    longTerm: 'Run "podtrail policy explain" on trust policies before they are applied.',
    actions: [
      { command: LIST, safety: 'GREEN', needs: 'nobody' },
      { command: EXPLAIN, safety: 'GREEN', needs: 'nobody' },
    ],
    judge: (one) => {
      if (one.attempt.mechanism !== 'pod-identity') return null;
      if (one.aws?.role !== undefined) return 'refuted';
      return one.isRefused
        ? likely(
            '',
            evidence('trail', 'The assumption of the role for a pod was answered with AccessDenied.'),
          )
        : null;
    },
  },
  {
    ...SHARED,
    id: 'agent-not-running',
    title: 'The Pod Identity agent does not run on the node',
    symptoms: [
      {
        text: 'dial tcp 169.254.170.23:80: connect: connection refused',
        pattern:
          /169\.254\.170\.23.{0,200}connection refused|ECONNREFUSED 169\.254\.170\.23|\[fd00:ec2::23\].{0,200}connection refused/i,
        means: 'likely',
      },
    ],
    trail: 'Nothing from the node: no AssumeRoleForPodIdentity of it',
    proves: 'The DaemonSet eks-pod-identity-agent is not there, or has fewer ready pods than nodes.',
    suggests: 'A connection to 169.254.170.23 that is refused.',
    immediate: 'Install the add-on eks-pod-identity-agent, or see why its pods are not ready.',
    longTerm: 'Install the add-on with the cluster; let its pods tolerate every taint.',
    actions: [
      { command: AGENT, safety: 'GREEN', needs: 'nobody' },
      {
        command: 'aws eks create-addon --cluster-name <cluster> --addon-name eks-pod-identity-agent',
        safety: 'YELLOW',
        needs: 'whoever runs the cluster',
      },
    ],
    tell: AGENT,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html'],
    judge: (one) => {
      const { cluster, aws } = one;
      if (usesIrsa(one)) return null;
      if (cluster?.agent === null)
        return proven(
          'the DaemonSet eks-pod-identity-agent is not there',
          evidence('cluster', 'There is no DaemonSet eks-pod-identity-agent.'),
        );
      if (cluster?.agent !== undefined) {
        const { ready, desired } = cluster.agent;
        if (ready >= desired) return 'refuted';
        const content = `${ready} of ${desired} pods of eks-pod-identity-agent are ready.`;
        return ready === 0
          ? proven('no pod of the agent is ready', evidence('cluster', content))
          : likely('the agent is not ready on every node', evidence('cluster', content));
      }
      if (aws?.agentAddOn === undefined || aws.agentAddOn === null) return null;
      const { status, issues, version } = aws.agentAddOn;
      return status === 'ACTIVE' && issues.length === 0
        ? null
        : likely(
            `the add-on eks-pod-identity-agent is ${status}`,
            evidence(
              'provider',
              `The add-on ${version} is ${status}${issues.length > 0 ? `: ${issues.join(', ')}` : ''}.`,
            ),
          );
    },
  },
  {
    ...SHARED,
    id: 'agent-cannot-reach-eks-auth',
    title: 'The agent cannot reach EKS Auth',
    root: 'network',
    symptoms: [
      {
        text: 'dial tcp: lookup eks-auth.us-west-2.api.aws: no such host',
        pattern:
          /eks-auth\.[a-z0-9-]+\.(api\.aws|amazonaws\.com).{0,200}(no such host|i\/o timeout|timeout|connection refused|deadline exceeded|network is unreachable)|(no such host|i\/o timeout|proxyconnect).{0,200}eks-auth\./i,
        means: 'proven',
      },
    ],
    trail: 'Nothing from the node: no AssumeRoleForPodIdentity of it',
    proves: "The agent's log says so.",
    suggests:
      'A VPC without a way to the internet whose endpoints lack com.amazonaws.<region>.eks-auth, or a proxy that the agent is sent through.',
    who: 'whoever owns the network',
    immediate: "Create the interface endpoint for eks-auth in the cluster's VPC, or let the nodes reach it.",
    longTerm: "Keep the list of endpoints that a private cluster needs with the network's code.",
    actions: [
      {
        command: 'kubectl logs -n kube-system daemonset/eks-pod-identity-agent --tail=50',
        safety: 'GREEN',
        needs: 'nobody',
      },
      {
        command: 'aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=<vpc>',
        safety: 'GREEN',
        needs: 'nobody',
      },
      {
        command:
          'aws ec2 create-vpc-endpoint --vpc-id <vpc> --vpc-endpoint-type Interface --service-name com.amazonaws.<region>.eks-auth',
        safety: 'YELLOW',
        needs: 'whoever owns the network',
      },
    ],
    tell: 'kubectl logs -n kube-system daemonset/eks-pod-identity-agent --tail=50',
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html'],
    judge: ({ aws, attempt }) => {
      if (attempt.mechanism === 'irsa' || aws?.vpcEndpoints === undefined) return null;
      const isUp = aws.vpcEndpoints.some(
        ({ service, state }) => service.endsWith('.eks-auth') && /^available$/i.test(state),
      );
      if (isUp) return 'refuted';
      if (aws.eksCluster === undefined || aws.eksCluster === null || aws.eksCluster.isPublic) return null;
      return possible(
        'the cluster is private and its VPC has no endpoint for eks-auth',
        evidence(
          'provider',
          `VPC ${aws.eksCluster.vpcId} has ${aws.vpcEndpoints.length} endpoints, none of eks-auth.`,
        ),
      );
    },
  },
  {
    ...SHARED,
    id: 'agent-proxied',
    title: 'A proxy stands between the pod and the agent, or the address is cut off',
    root: 'network',
    mechanism: 'pod-identity',
    symptoms: [
      {
        text: 'Get "http://169.254.170.23/v1/credentials": proxyconnect tcp: …',
        pattern:
          /169\.254\.170\.23.{0,200}(proxyconnect|i\/o timeout|timed? ?out|deadline exceeded|403|502|503|504)|fd00:ec2::23.{0,200}(timeout|unreachable)/i,
        means: 'likely',
      },
    ],
    trail: 'Nothing: EKS is never asked for this pod',
    proves: 'The container has HTTP_PROXY, and NO_PROXY lacks 169.254.170.23.',
    suggests: 'Timeouts or answers of a proxy for 169.254.170.23; a network policy without egress to it.',
    who: 'the owner of the workload',
    immediate: 'Put 169.254.170.23 and [fd00:ec2::23] into NO_PROXY, and let network policies pass them.',
    longTerm: "Have both addresses in the defaults of the cluster's proxy settings.",
    actions: [
      {
        command: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
      { ...RESTART },
    ],
    tell: 'kubectl get networkpolicy -n <namespace>',
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html'],
    judge: (one) => {
      const all = containersOf(one).filter(
        ({ container }) => container.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined,
      );
      if (all.length === 0) return null;
      const proxied = all.find(({ container: { environment } }) => {
        const proxy = environment.HTTP_PROXY ?? environment.http_proxy;
        const except = environment.NO_PROXY ?? environment.no_proxy ?? '';
        return proxy !== undefined && !except.includes('169.254.170.23') && !except.split(',').includes('*');
      });
      return proxied === undefined
        ? null
        : proven(
            `container ${proxied.container.name} sends the agent's address to a proxy`,
            evidence(
              'cluster',
              `Container ${proxied.container.name} has HTTP_PROXY, and NO_PROXY lacks 169.254.170.23.`,
            ),
          );
    },
  },
  {
    ...SHARED,
    id: 'hop-limit',
    title: "The instance's metadata cannot be reached from where it is asked: hop limit",
    root: 'network',
    mechanism: 'any',
    symptoms: [
      {
        text: 'no EC2 IMDS role found … request canceled, context deadline exceeded',
        pattern:
          /(EC2 ?IMDS|ec2metadata|EC2MetadataError|169\.254\.169\.254).{0,200}(deadline exceeded|timed? ?out|timeout|canceled)|failed to get (region|instance) from IMDS/i,
        means: 'likely',
      },
    ],
    trail: 'Nothing',
    proves: 'Never by logs alone: the launch template has the hop limit.',
    suggests:
      "A client that waits for the instance's metadata. A pod that should have a role of its own does not need it: why it asks there is the question.",
    who: 'whoever runs the nodes',
    immediate:
      "Find out why the client does not find the role's credentials; give it its region by AWS_REGION rather than by the instance.",
    longTerm: "Keep the hop limit at 1 and let no pod depend on the instance's metadata.",
    actions: [
      {
        command: 'aws ec2 describe-instances --query Reservations[].Instances[].MetadataOptions',
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html'],
    judge: () => null,
  },
  {
    ...SHARED,
    id: 'target-role-refused',
    title: 'The first role may not assume the second: a target role, often of another account',
    mechanism: 'any',
    root: 'trust_policy',
    symptoms: [
      {
        text: 'User: arn:aws:sts::111122223333:assumed-role/a/s is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/b',
        pattern: /is not authorized to perform:? sts:(AssumeRole|TagSession) on resource/i,
        means: 'proven',
      },
    ],
    trail: "A denied AssumeRole in the caller's account; nothing in the account of the target role",
    proves: 'The message names both roles.',
    suggests: 'Nothing.',
    who: 'the owners of both roles',
    immediate:
      "Let the first role's policy allow sts:AssumeRole and sts:TagSession on the second, and the second's trust policy admit the first.",
    longTerm: 'Bind the second role to the first by external id or tags.',
    actions: [
      {
        command:
          'aws iam simulate-principal-policy --policy-source-arn <role-arn> --action-names sts:AssumeRole',
        safety: 'GREEN',
        needs: 'nobody',
      },
      UPDATE_TRUST_POLICY,
    ],
    tell: LIST,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html'],
    judge: ({ attempt, isRefused }) => {
      if (!isRefused || attempt.action !== 'AssumeRole' || attempt.mechanism !== undefined) return null;
      return likely(
        `the assumption of ${attempt.roleArn ?? 'a second role'} by another role is refused`,
        evidence('trail', 'AssumeRole by a role was denied.'),
      );
    },
  },
  {
    ...SHARED,
    id: 'sdk-without-container-credentials',
    title: 'The SDK is too old to know Pod Identity',
    root: 'sdk',
    symptoms: [
      {
        text: 'Unsupported host "169.254.170.23". Can only retrieve metadata from these hosts: 169.254.170.2, localhost, 127.0.0.1',
        pattern:
          /Unsupported host .?169\.254\.170\.23|(invalid endpoint host|is not a loopback|is not within the loopback).{0,200}(169\.254\.170\.23|fd00:ec2::23)|169\.254\.170\.23 is not a valid ECS container metadata/i,
        means: 'proven',
      },
    ],
    trail: "Nothing, or calls of the node's role",
    proves: "The SDK refuses the agent's address.",
    suggests:
      'A container that has AWS_CONTAINER_CREDENTIALS_FULL_URI and whose client finds no credentials.',
    who: 'the owner of the workload',
    immediate: 'Raise the SDK to a version that knows Pod Identity.',
    longTerm: 'Hold SDK versions to the table of minimum versions.',
    actions: [
      {
        command: "kubectl get pods -n <namespace> -o jsonpath='{..image}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: "kubectl get pods -n <namespace> -o jsonpath='{..image}'",
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-minimum-sdk.html'],
    judge: (one) => {
      const silent = one.trail !== undefined && one.trail.failures === 0 && one.trail.lastSuccess === null;
      const complete = containersOf(one).find(
        ({ container }) => container.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined,
      );
      if (!silent || complete === undefined) return null;
      return possible(
        `container ${complete.container.name} has all that Pod Identity needs and never asks`,
        evidence(
          'cluster',
          `Container ${complete.container.name} (${complete.container.image}) has the agent's address.`,
        ),
      );
    },
  },
  {
    ...SHARED,
    id: 'both-mechanisms',
    title: 'IRSA and Pod Identity at once, with different roles',
    mechanism: 'any',
    symptoms: [],
    trail: 'Sessions of both kinds for one ServiceAccount, or of one where the other was expected',
    proves:
      "The ServiceAccount is annotated and has an association, and the roles differ. Which one wins, the pod says: most SDKs try web identity before the container's credentials, and the webhook gives a pod with an association the container's credentials only.",
    suggests: 'Denied calls of the role that is not expected.',
    who: 'the owner of the workload',
    immediate: 'Take away the one that is not meant, and restart the pods.',
    longTerm: 'Move a workload from one to the other in one step.',
    actions: [
      { command: LIST, safety: 'GREEN', needs: 'nobody' },
      {
        command:
          'kubectl annotate serviceaccount <service-account> -n <namespace> eks.amazonaws.com/role-arn-',
        safety: 'YELLOW',
        needs: 'the owner of the workload',
      },
      RESTART,
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html'],
    judge: (one) => {
      const annotated = one.cluster?.serviceAccount?.roleArn;
      const association = one.aws?.associations?.[0];
      if (annotated === undefined || annotated === null || association === undefined) return null;
      const given = association.targetRoleArn ?? association.roleArn;
      if (given === annotated) return 'refuted';
      const both = containersOf(one).find(
        ({ container: { environment } }) =>
          environment.AWS_ROLE_ARN !== undefined &&
          environment.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined,
      );
      const wins =
        both === undefined
          ? "pods made now get the association's"
          : `in ${both.container.name} most SDKs take the annotation's, by web identity`;
      return proven(
        `the annotation gives ${annotated}, the association ${given}; ${wins}`,
        evidence('sa_config', `The annotation is ${annotated}.`),
        evidence('provider', `Association ${association.id} has role ${given}.`),
      );
    },
  },
  {
    ...SHARED,
    id: 'node-may-not-ask-eks-auth',
    title: "The node's role may not call eks-auth:AssumeRoleForPodIdentity",
    symptoms: [
      {
        text: 'AccessDeniedException: User: … is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: …',
        pattern: /not authorized to perform:? eks-auth:AssumeRoleForPodIdentity/i,
        means: 'proven',
      },
    ],
    trail: "AssumeRoleForPodIdentity with AccessDenied, by the node's role",
    proves: "The message names the node's role and the action.",
    suggests: 'Nothing.',
    who: 'whoever runs the nodes',
    immediate:
      "Give the node's role the policy AmazonEKSWorkerNodePolicy, or eks-auth:AssumeRoleForPodIdentity.",
    longTerm: 'Keep the managed policy on node roles.',
    actions: [
      {
        command:
          'aws iam attach-role-policy --role-name <node-role> --policy-arn arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy',
        safety: 'RED',
        needs: 'whoever runs the nodes, and the security team',
      },
    ],
    tell: 'aws iam list-attached-role-policies --role-name <node-role>',
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html'],
    judge: () => null,
  },
];

/** Whether the attempt, or the pods that are known, go by web identity alone. */
function usesIrsa(one: Case): boolean {
  return one.attempt.mechanism === 'irsa' || (one.cluster?.serviceAccount?.roleArn ?? null) !== null;
}

/** Judges by the first failure that decides, where the trust policy is known and EKS may not assume the role. */
function ofTrust(
  one: Case,
  isIt: (failure: Failure) => boolean,
  detail: string,
): Judgement | 'refuted' | null {
  if (one.trust === null || one.attempt.mechanism !== 'pod-identity') return null;
  const { decision, failures, statement } = one.trust.explanation;
  if (decision === 'unknown') return null;
  if (decision === 'allowed' || statement !== null) return 'refuted';
  const ranks = failures.map(rankOf);
  const furthest = Math.max(...ranks);
  const failure = failures.find((each, index) => ranks[index] === furthest && isIt(each));
  if (failure === undefined)
    return failures.length === 0 && isIt(NO_STATEMENT) ? proven(detail, NOTHING) : 'refuted';
  const where = [failure.element, failure.operator, failure.key].filter((part) => part !== null).join(' ');
  const content = `Statement ${failure.statement} fails at ${where}: expected ${JSON.stringify(failure.expected)}, actual ${JSON.stringify(failure.actual)}.`;
  const judged = proven(
    `${detail} (statement ${failure.statement}, account ${accountOfRole(one.attempt.roleArn) ?? 'unknown'})`,
    evidence('trust_policy', content),
  );
  return one.isRefused || one.lines.length === 0 ? judged : { ...judged, certainty: 'likely' };
}

const NO_STATEMENT: Failure = {
  statement: null,
  element: 'Principal',
  operator: null,
  key: null,
  expected: null,
  actual: null,
};
const NOTHING = evidence('trust_policy', 'The trust policy has no statement that allows anything.');

function rankOf({ element }: Failure): number {
  if (/^(Not)?Principal$/.test(element)) return 1;
  return /^(Not)?Action$/.test(element) ? 2 : 3;
}
