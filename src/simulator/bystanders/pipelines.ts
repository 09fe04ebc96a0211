// Owns deployment pipelines outside AWS: web identities that are no Kubernetes workload.

import { assumeRole } from '../assumptions/with-role.ts';
import { issueWebIdentity, type TokenBearer } from '../assumptions/with-token.ts';
import { TOOLKITS } from '../services/toolkits.ts';
import type { Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { Role } from '../world.ts';
import { accountResources, type Bystander } from './bystander.ts';

const GITHUB_AGENT =
  'aws-sdk-js/3.600.0 ua/2.0 os/linux#6.5.0-1021-azure lang/js md/nodejs#20.14.0 api/sts#3.600.0 configure-aws-credentials-for-github-actions';

/** GitHub Actions: a web identity that is no Kubernetes workload. */
export class DeploymentPipeline implements Bystander {
  private session: Session | null = null;

  act(stage: Stage): void {
    const { random, world } = stage;
    if (!this.session || this.session.expiresAt < stage.now || random.chance(0.2)) {
      const role = random.pick(world.github.roles);
      this.session = issueWebIdentity(stage, githubBearer(stage, role), {
        why: 'github-issuance',
        name: 'GitHubActions',
      });
    }
    const session = this.session;
    const resources = accountResources(session.role.account, 'us-west-2');
    if (random.chance(0.1)) {
      const inner = assumeRole(stage, session, random.pick(world.github.roles), {
        why: 'github-chain-assume',
        name: 'deploy',
        region: 'us-west-2',
      });
      stage.call(inner, random.pick(TOOLKITS.deployment), resources, { why: 'github-chain-call' });
      return;
    }
    stage.call(session, random.pick(TOOLKITS.deployment), resources, { why: 'github-call' });
  }
}

/** A token of GitHub's, for the role. */
export function githubBearer({ random, world }: Stage, role: Role): TokenBearer {
  const repository = random.pick(['shop', 'infrastructure', 'website']);
  return {
    provider: world.github.provider,
    subject: `repo:example-org/${repository}:ref:refs/heads/main`,
    role,
    client: { address: `192.0.2.${random.between(1, 250)}`, userAgent: GITHUB_AGENT, vpcEndpointId: null },
    pod: null,
    region: 'us-west-2',
  };
}
