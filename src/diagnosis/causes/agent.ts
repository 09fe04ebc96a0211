// Causes on the way from a pod to its credentials: the Pod Identity agent, what lies between, and the instance's metadata.
import { containersOf } from '../case.ts';
import { type Cause, evidence, likely, possible, proven } from '../cause.ts';
import { OF_POD_IDENTITY, RESTART, usesIrsa } from './shared.ts';

const AGENT = 'kubectl get daemonset eks-pod-identity-agent -n kube-system';

export const AGENT_CAUSES: readonly Cause[] = [
  {
    ...OF_POD_IDENTITY,
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
    ...OF_POD_IDENTITY,
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
    ...OF_POD_IDENTITY,
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
    ...OF_POD_IDENTITY,
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
];
