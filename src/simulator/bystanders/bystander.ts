// Owns what everybody who is no pod has in common, and what they work with.

import type { Stage } from '../stage.ts';
import type { Resources } from '../world.ts';

export interface Bystander {
  /** One thing the bystander does now. */
  act(stage: Stage): void;
}

/** What a person, a node or a function of `account` works with. */
export function accountResources(account: string, region: string): Resources {
  const keyId = `${account.slice(0, 8)}-0000-4000-8000-${account}`;
  return { account, region, bucket: `platform-${account}-${region}`, stem: 'platform', keyId };
}
