// Causes on the way from a pod to its credentials: the Pod Identity agent, what lies between, and the instance's metadata.
import { containersOf } from '../case.ts';
import { type CauseRules, evidence, likely, possible, proven } from '../cause.ts';
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
  'agent-proxied': {
    mechanism: 'pod-identity',
    symptoms: [
      {
        pattern:
          /169\.254\.170\.23.{0,200}(proxyconnect|i\/o timeout|timed? ?out|deadline exceeded|403|502|503|504)|fd00:ec2::23.{0,200}(timeout|unreachable)/i,
        means: 'likely',
      },
    ],
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
