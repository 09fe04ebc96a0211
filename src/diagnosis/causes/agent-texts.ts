// Texts for the causes on the way from a pod to its credentials; agent.ts judges them.
import type { TextsOf } from '../cause.ts';
import type { AGENT_CAUSES } from './agent.ts';
import { OF_POD_IDENTITY, RESTART } from './shared-texts.ts';

const AGENT = 'kubectl get daemonset eks-pod-identity-agent -n kube-system';

export const AGENT_TEXTS: TextsOf<typeof AGENT_CAUSES> = {
  'agent-not-running': {
    ...OF_POD_IDENTITY,
    title: 'The Pod Identity agent does not run on the node',
    prints: ['dial tcp 169.254.170.23:80: connect: connection refused'],
    trail: 'Nothing from the node: no AssumeRoleForPodIdentity of it',
    proves:
      'The DaemonSet eks-pod-identity-agent is not there, or has no ready pod. In EKS Auto Mode the agent is part of the node, and there is none.',
    suggests: 'A connection to 169.254.170.23 that is refused.',
    immediate: 'Install the add-on eks-pod-identity-agent, or find out why its pods are not ready.',
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
  },
  'agent-cannot-reach-eks-auth': {
    ...OF_POD_IDENTITY,
    title: 'The agent cannot reach EKS Auth',
    root: 'network',
    prints: ['dial tcp: lookup eks-auth.us-west-2.api.aws: no such host'],
    trail: 'Nothing from the node: no AssumeRoleForPodIdentity of it',
    proves: "The agent's log says so.",
    suggests:
      'A VPC without internet access whose endpoints lack com.amazonaws.<region>.eks-auth, or a proxy between the agent and EKS Auth.',
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
  },
  'sts-unreachable': {
    title: 'The pod cannot reach STS',
    root: 'network',
    prints: ['dial tcp: lookup sts.us-west-2.amazonaws.com: i/o timeout'],
    trail: 'Nothing: STS is never asked',
    proves: 'The client says so.',
    suggests: 'A VPC without internet access whose endpoints lack com.amazonaws.<region>.sts.',
    who: 'whoever owns the network',
    immediate:
      "Let the pods reach the endpoint that the client asks for. An interface endpoint in the VPC is for the region's own host: a client that asks sts.amazonaws.com needs AWS_STS_REGIONAL_ENDPOINTS=regional.",
    longTerm: "Keep the list of endpoints that a private cluster needs with the network's code.",
    actions: [
      {
        command: 'aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=<vpc>',
        safety: 'GREEN',
        needs: 'nobody',
      },
      {
        command:
          'aws ec2 create-vpc-endpoint --vpc-id <vpc> --vpc-endpoint-type Interface --service-name com.amazonaws.<region>.sts',
        safety: 'YELLOW',
        needs: 'whoever owns the network',
      },
    ],
    tell: 'aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=<vpc>',
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html'],
  },
  'agent-proxied': {
    ...OF_POD_IDENTITY,
    title: "A proxy is between the pod and the agent, or the agent's address is blocked",
    root: 'network',
    prints: ['Get "http://169.254.170.23/v1/credentials": proxyconnect tcp: …'],
    trail: 'Nothing: EKS is never asked for this pod',
    proves: 'Never by the variables alone: not every SDK asks the agent through a proxy.',
    suggests:
      'HTTP_PROXY in the container, and NO_PROXY without 169.254.170.23; timeouts or answers of a proxy for this address; a network policy without egress to it.',
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
  },
  'hop-limit': {
    ...OF_POD_IDENTITY,
    title: "The pod cannot reach the instance's metadata: hop limit",
    root: 'network',
    prints: ['no EC2 IMDS role found … request canceled, context deadline exceeded'],
    trail: 'Nothing',
    proves: 'Never by logs alone: the launch template has the hop limit.',
    suggests:
      "A client that waits for the instance's metadata. A pod with a role of its own does not need it: find out why it asks there.",
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
  },
};
