// Owns AWS's own doings: functions, service-linked roles, services that write into an account, and their events.

import { assumeByService } from '../assumptions/with-role.ts';
import { rotateKey } from '../services/platform.ts';
import { s3PutObject } from '../services/storage.ts';
import { TOOLKITS } from '../services/toolkits.ts';
import { openSession, type Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { Client, Role } from '../world.ts';
import { accountResources, type Bystander } from './bystander.ts';

const REGION = 'us-west-2';
const WRITING_SERVICES = ['cloudtrail.amazonaws.com', 'delivery.logs.amazonaws.com', 'config.amazonaws.com'];
const LAMBDA_CLIENT: Client = {
  address: '198.51.100.9',
  userAgent:
    'Boto3/1.34.42 md/Botocore#1.34.42 ua/2.0 os/linux#5.10.214 md/arch#x86_64 lang/python#3.12.3 exec-env/AWS_Lambda_python3.12 Botocore/1.34.42',
  vpcEndpointId: null,
};

function serviceClient(service: string): Client {
  return { address: service, userAgent: service, vpcEndpointId: null };
}

/** A function, for which the Lambda service assumes the role. */
export class FunctionInRole implements Bystander {
  private readonly role: Role;
  private session: Session | null = null;

  constructor(role: Role) {
    this.role = role;
  }

  act(stage: Stage): void {
    const { random } = stage;
    if (!this.session || this.session.expiresAt <= stage.now) {
      this.session = openSession(random, {
        origin: 'service',
        role: this.role,
        name: this.role.name,
        startedAt: stage.now,
        seconds: 3600,
        client: LAMBDA_CLIENT,
        showsAssumedRole: false,
      });
      assumeByService(stage, 'lambda.amazonaws.com', this.session);
    }
    const outcome = random.chance(0.04) ? 'denied' : 'success';
    const resources = accountResources(this.role.account, REGION);
    stage.call(this.session, random.pick(TOOLKITS.function), resources, { why: 'lambda-role', outcome });
  }
}

/** A service in its service-linked role: a role session without a key. */
export class ServiceInRole implements Bystander {
  private readonly role: Role;

  constructor(role: Role) {
    this.role = role;
  }

  act(stage: Stage): void {
    const service = 'autoscaling.amazonaws.com';
    const client = serviceClient(service);
    const resources = accountResources(this.role.account, REGION);
    const api = stage.random.pick(TOOLKITS.controller);
    const session = openSession(stage.random, {
      origin: 'service',
      role: this.role,
      name: 'AutoScaling',
      startedAt: stage.now,
      seconds: 3600,
      client,
      issuance: 'missing',
    });
    stage.emit({
      at: stage.now,
      account: this.role.account,
      region: api.region ?? resources.region,
      why: 'service-linked-role',
      principal: { kind: 'session', session, key: null, invokedBy: service },
      action: { kind: 'call', api, resources },
      outcome: 'success',
      client,
    });
  }
}

/** AWS itself: services that write into an account, and events without a caller. */
export class ServiceItself implements Bystander {
  act(stage: Stage): void {
    const account = stage.random.pick(stage.world.accounts);
    const isEvent = stage.random.chance(0.3);
    const service = isEvent ? 'AWS Internal' : stage.random.pick(WRITING_SERVICES);
    stage.emit({
      at: stage.now,
      account,
      region: REGION,
      why: isEvent ? 'service-event' : 'aws-service',
      principal: { kind: 'service', service, pod: null },
      action: {
        kind: 'call',
        api: isEvent ? rotateKey : s3PutObject,
        resources: accountResources(account, REGION),
      },
      outcome: 'success',
      client: serviceClient(service),
      isShared: !isEvent,
    });
  }
}
