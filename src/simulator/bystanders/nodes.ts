// Owns a cluster's nodes: their instance role's calls, and EKS Auth asked for the pods they run.

import { TOOLKITS } from '../services/toolkits.ts';
import { openSession, type Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { Cluster, Node } from '../world.ts';
import { accountResources, type Bystander } from './bystander.ts';

const HOUR = 3_600_000;
const NODE_AGENT =
  'aws-sdk-go-v2/1.27.0 os/linux lang/go#1.22.3 md/GOOS#linux md/GOARCH#amd64 api/eksauth#1.4.7 amazon-vpc-cni-k8s/v1.18.2';

/** The instance role of one node: image pulls, its network plugin, and EKS Auth asking for its pods. */
export class NodeAgent implements Bystander {
  private readonly cluster: Cluster;
  private readonly node: Node;
  private session: Session | null = null;

  constructor(cluster: Cluster, node: Node) {
    this.cluster = cluster;
    this.node = node;
  }

  act(stage: Stage): void {
    const session = this.instanceSession(stage);
    const { account, region } = this.cluster;
    if (this.cluster.isEks && stage.random.chance(0.4)) {
      const isDenied = stage.random.chance(0.2);
      authorizePod(stage, this.cluster, session, isDenied);
      return;
    }
    stage.call(session, stage.random.pick(TOOLKITS.node), accountResources(account, region), {
      why: 'node-role',
    });
  }

  private instanceSession(stage: Stage): Session {
    if (this.session && this.session.expiresAt > stage.now) return this.session;
    this.session = openSession(stage.random, {
      origin: 'instance',
      role: this.cluster.nodeRole,
      name: this.node.instanceId,
      startedAt: stage.now - stage.random.below(HOUR),
      seconds: 21_600,
      client: { address: this.node.publicAddress, userAgent: NODE_AGENT, vpcEndpointId: null },
      issuance: 'missing',
    });
    return this.session;
  }
}

/** AssumeRoleForPodIdentity: names the cluster, but neither pod nor role. */
function authorizePod(stage: Stage, cluster: Cluster, session: Session, isDenied: boolean): void {
  stage.emit({
    at: stage.now,
    account: cluster.account,
    region: cluster.region,
    why: isDenied ? 'node-pod-identity-denied' : 'node-pod-identity',
    principal: { kind: 'session', session, key: session.key, invokedBy: null },
    action: { kind: 'pod-identity-auth', cluster },
    outcome: isDenied
      ? {
          code: 'AccessDenied',
          message: 'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
        }
      : 'success',
    client: session.client,
  });
}
