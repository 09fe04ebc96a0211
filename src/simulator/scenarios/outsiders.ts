// Owns callers from an account whose records nobody delivers: only the copies of the accounts they touch exist.

import { assumeRole } from '../assumptions/with-role.ts';
import { accountResources } from '../bystanders/bystander.ts';
import { dynamoGetItem, s3GetObject, s3PutObject } from '../services/storage.ts';
import { openSession, type Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';

const REGION = 'us-west-2';

function outsideSession(stage: Stage): Session {
  return openSession(stage.random, {
    origin: 'assumed',
    role: stage.world.outsideRole,
    name: `partner-${stage.random.hex(6)}`,
    startedAt: stage.now - stage.random.below(3_000_000),
    seconds: 3600,
    client: {
      address: '192.0.2.77',
      userAgent: 'aws-sdk-go/1.44.300 (go1.20; linux; amd64)',
      vpcEndpointId: null,
    },
    issuance: 'missing',
  });
}

/** A partner assumes our role: the key is known, its holder is not. */
export function partnerInOurRole(stage: Stage): void {
  const { partnerRole } = stage.world;
  const from = outsideSession(stage);
  const session = assumeRole(stage, from, partnerRole, {
    why: 'outside-assume',
    name: from.name,
    region: REGION,
  });
  const resources = accountResources(partnerRole.account, REGION);
  stage.call(session, s3PutObject, resources, { why: 'outside-chain-call' });
  stage.call(session, dynamoGetItem, resources, { why: 'outside-chain-call' });
}

/** A partner reads our bucket with a role of its own. */
export function partnerReadsOurBucket(stage: Stage): void {
  const resources = accountResources(stage.world.partnerRole.account, REGION);
  stage.call(outsideSession(stage), s3GetObject, resources, { why: 'outside-call', onBehalf: 'never' });
}
