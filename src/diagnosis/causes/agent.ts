// Causes on the way from a pod to its credentials: the Pod Identity agent, what lies between, and the instance's metadata.
import { containersOf } from '../case.ts';
import { type CauseRules, evidence, likely, possible, proven } from '../cause.ts';
import type { ContainerFacts } from '../facts.ts';
import { compareAddresses } from '../policy/comparisons.ts';
import { usesIrsa } from './shared.ts';

export const AGENT_CAUSES = {
  'agent-not-running': {
    mechanism: 'pod-identity',
    symptoms: [
      {
        pattern:
          /169\.254\.170\.23.{0,200}connection refused|ECONNREFUSED 169\.254\.170\.23|\[fd00:ec2::23\].{0,200}connection refused/i,
        means: 'likely',
      },
    ],
    judge: (one) => {
      const { cluster, aws } = one;
      if (usesIrsa(one)) return null;
      // Nodes of EKS Auto Mode have it built in.
      const isAutoMode = aws?.eksCluster?.isAutoMode;
      if (isAutoMode === true && (cluster?.agent ?? null) === null) return null;
      if (cluster?.agent === null)
        return (isAutoMode === false ? proven : likely)(
          'the DaemonSet eks-pod-identity-agent is not there',
          evidence('cluster', 'There is no DaemonSet eks-pod-identity-agent.'),
        );
      if (cluster?.agent !== undefined) {
        const { ready, desired } = cluster.agent;
        if (desired === 0)
          return likely(
            'no node is one that the agent may run on',
            evidence('cluster', 'The DaemonSet eks-pod-identity-agent wants no pod on any node.'),
          );
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
  'agent-cannot-reach-eks-auth': {
    mechanism: 'pod-identity',
    symptoms: [
      {
        pattern:
          /eks-auth\.[a-z0-9-]+\.(api\.aws|amazonaws\.com).{0,200}(no such host|i\/o timeout|timeout|connection refused|deadline exceeded|network is unreachable)|(no such host|i\/o timeout|proxyconnect).{0,200}eks-auth\./i,
        means: 'proven',
      },
    ],
    judge: ({ aws, attempt }) => {
      if (attempt.mechanism === 'irsa' || aws?.vpcEndpoints === undefined) return null;
      const isUp = aws.vpcEndpoints.some(
        ({ service, state }) => service.endsWith('.eks-auth') && /^available$/i.test(state),
      );
      // One that is there may still be out of reach, by a security group or without private DNS.
      if (isUp) return null;
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
  'sts-unreachable': {
    mechanism: 'irsa',
    symptoms: [
      {
        pattern:
          /\bsts(-fips)?\.([a-z0-9-]{1,30}\.)?amazonaws\.com.{0,200}(no such host|timeout|connection refused|deadline exceeded|network is unreachable|ENOTFOUND|ETIMEDOUT)|(timeout|timed out|could not connect|ENOTFOUND|ETIMEDOUT|UnknownHost).{0,200}\bsts(-fips)?\.([a-z0-9-]{1,30}\.)?amazonaws\.com/i,
        means: 'proven',
      },
    ],
    judge: ({ aws }) => {
      if (aws?.vpcEndpoints === undefined || !aws.eksCluster || aws.eksCluster.isPublic) return null;
      const { arn, vpcId } = aws.eksCluster;
      return aws.vpcEndpoints.some(({ service }) => service === `com.amazonaws.${arn.split(':')[3]}.sts`)
        ? null
        : possible(
            'the cluster is private and its VPC has no endpoint for STS',
            evidence('provider', `VPC ${vpcId} has ${aws.vpcEndpoints.length} endpoints, none of STS.`),
          );
    },
  },
  'agent-proxied': {
    mechanism: 'pod-identity',
    symptoms: [
      {
        pattern:
          /169\.254\.170\.23.{0,200}(proxyconnect|i\/o timeout|timed? ?out|deadline exceeded|403|502|503|504)|timed? ?out.{0,100}169\.254\.170\.23|fd00:ec2::23.{0,200}(timeout|unreachable)/i,
        means: 'likely',
      },
    ],
    judge: (one) => {
      const all = containersOf(one).filter(
        ({ container }) => container.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined,
      );
      if (all.length === 0) return null;
      for (const { container } of all) {
        const {
          HTTP_PROXY,
          http_proxy: proxy = HTTP_PROXY,
          NO_PROXY,
          no_proxy: except = NO_PROXY,
        } = container.environment;
        const address = agentAddressOf(container);
        if (proxy !== undefined && address !== null && !isExcepted(address, except ?? ''))
          return likely(
            `container ${container.name} has a proxy, which a client that follows HTTP_PROXY asks for ${address}`,
            evidence('cluster', `Container ${container.name} has HTTP_PROXY, and NO_PROXY lacks ${address}.`),
          );
      }
      return null;
    },
  },
  'hop-limit': {
    mechanism: 'any',
    symptoms: [
      {
        pattern:
          /(EC2 ?IMDS|ec2metadata|EC2MetadataError|169\.254\.169\.254).{0,200}(deadline exceeded|timed? ?out|timeout|canceled)|failed to get (region|instance) from IMDS/i,
        means: 'likely',
      },
    ],
    judge: () => null,
  },
} as const satisfies CauseRules;

/** Where the container is told to ask for credentials: `169.254.170.23`, or the agent's address of IPv6. */
function agentAddressOf({ environment }: ContainerFacts): string | null {
  const [, plain, bracketed] =
    /^http:\/\/(?:([\d.]+)|\[([\da-f:]+)\])[:/]/i.exec(
      environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '',
    ) ?? [];
  return plain ?? bracketed ?? null;
}

/** Whether NO_PROXY has the address: by itself, by a range, or with everything. */
function isExcepted(address: string, except: string): boolean {
  return except
    .split(',')
    .map((entry) => entry.trim().replace(/[[\]]/g, ''))
    .some((entry) => entry === '*' || compareAddresses(address, entry) === true);
}
