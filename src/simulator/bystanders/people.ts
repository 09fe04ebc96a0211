// Owns people: IAM users with keys or at the console, and sessions of AWSReservedSSO roles.

import { consoleLogin } from '../services/platform.ts';
import { TOOLKITS } from '../services/toolkits.ts';
import { openSession, type Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { IamUser, Role } from '../world.ts';
import { accountResources, type Bystander } from './bystander.ts';

const HOUR = 3_600_000;
const DESK_AGENT =
  'aws-cli/2.17.20 md/awscrt#0.21.2 ua/2.0 os/macos#23.5.0 lang/python#3.11.9 cfg/retry-mode#standard';

/** An IAM user with a long-lived key, or at the console. */
export class UserAtDesk implements Bystander {
  private readonly user: IamUser;

  constructor(user: IamUser) {
    this.user = user;
  }

  act(stage: Stage): void {
    const { user } = this;
    const isLogin = stage.random.chance(0.1);
    const api = isLogin ? consoleLogin : stage.random.pick(TOOLKITS.person);
    const resources = accountResources(user.account, 'us-west-2');
    stage.emit({
      at: stage.now,
      account: user.account,
      region: api.region ?? resources.region,
      why: isLogin ? 'console-login' : 'iam-user',
      principal: { kind: 'user', user },
      action: { kind: 'call', api, resources },
      outcome: stage.random.chance(0.05) ? 'denied' : 'success',
      client: user.client,
    });
  }
}

/** A person who comes in through SSO. */
export class PersonInRole implements Bystander {
  private readonly role: Role;
  private session: Session | null = null;

  constructor(role: Role) {
    this.role = role;
  }

  act(stage: Stage): void {
    if (!this.session || this.session.expiresAt <= stage.now) {
      const name = `${stage.random.pick(['frank', 'grace', 'heidi'])}@example.com`;
      this.session = personSession(stage, this.role, name);
    }
    const resources = accountResources(this.role.account, 'us-west-2');
    const outcome = stage.random.chance(0.04) ? 'denied' : 'success';
    stage.call(this.session, stage.random.pick(TOOLKITS.person), resources, { why: 'sso-role', outcome });
  }
}

/** A person's SSO session, begun somewhat earlier. */
export function personSession(stage: Stage, role: Role, name: string): Session {
  return openSession(stage.random, {
    origin: 'federation',
    role,
    name,
    startedAt: stage.now - stage.random.below(HOUR),
    seconds: 3600,
    client: {
      address: `198.51.100.${stage.random.between(1, 250)}`,
      userAgent: DESK_AGENT,
      vpcEndpointId: null,
    },
    issuance: 'missing',
  });
}
