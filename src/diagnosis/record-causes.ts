// The causes that a record, the trust policy and the account's providers can show: the live path judges by these.
import { type NamedRule, named } from './cause.ts';
import { ASSOCIATION_CAUSES } from './causes/association.ts';
import { PERMISSION_CAUSES } from './causes/permissions.ts';
import { POD_IDENTITY_CAUSES } from './causes/pod-identity.ts';
import { POD_IDENTITY_TRUST_CAUSES } from './causes/pod-identity-trust.ts';
import { PROVIDER_CAUSES } from './causes/provider.ts';
import { ROLE_CAUSES } from './causes/role.ts';
import { TOKEN_CAUSES } from './causes/token.ts';
import { TRUST_POLICY_CAUSES } from './causes/trust-policy.ts';

/** In the catalogue's order. */
export const RECORD_CAUSES: readonly NamedRule[] = [
  PROVIDER_CAUSES,
  TOKEN_CAUSES,
  TRUST_POLICY_CAUSES,
  ROLE_CAUSES,
  ASSOCIATION_CAUSES,
  POD_IDENTITY_TRUST_CAUSES,
  POD_IDENTITY_CAUSES,
  PERMISSION_CAUSES,
].flatMap(named);
