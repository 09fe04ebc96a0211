// The catalogue of causes: every way that podtrail knows for a pod to be without the credentials, or the access, that it should have.
import type { Cause } from './cause.ts';
import { AGENT_CAUSES } from './causes/agent.ts';
import { ASSOCIATION_CAUSES } from './causes/association.ts';
import { PERMISSION_CAUSES } from './causes/permissions.ts';
import { POD_IDENTITY_CAUSES } from './causes/pod-identity.ts';
import { POD_IDENTITY_TRUST_CAUSES } from './causes/pod-identity-trust.ts';
import { PROVIDER_CAUSES } from './causes/provider.ts';
import { ROLE_CAUSES } from './causes/role.ts';
import { SERVICE_ACCOUNT_CAUSES } from './causes/service-account.ts';
import { TOKEN_CAUSES } from './causes/token.ts';
import { TRUST_POLICY_CAUSES } from './causes/trust-policy.ts';
import { WEBHOOK_CAUSES } from './causes/webhook.ts';

/** Of causes that are equally certain, the earlier stands first: what lies earlier on the way to credentials. */
export const CATALOGUE: readonly Cause[] = [
  ...SERVICE_ACCOUNT_CAUSES,
  ...WEBHOOK_CAUSES,
  ...PROVIDER_CAUSES,
  ...TOKEN_CAUSES,
  ...TRUST_POLICY_CAUSES,
  ...ROLE_CAUSES,
  ...ASSOCIATION_CAUSES,
  ...POD_IDENTITY_TRUST_CAUSES,
  ...AGENT_CAUSES,
  ...POD_IDENTITY_CAUSES,
  ...PERMISSION_CAUSES,
];
