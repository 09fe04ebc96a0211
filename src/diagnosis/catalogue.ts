// The catalogue of causes: every reason that podtrail knows for a pod to lack credentials or access.
import { type Cause, type CauseRules, named, type TextsOf } from './cause.ts';
import { AGENT_CAUSES } from './causes/agent.ts';
import { AGENT_TEXTS } from './causes/agent-texts.ts';
import { ASSOCIATION_CAUSES } from './causes/association.ts';
import { ASSOCIATION_TEXTS } from './causes/association-texts.ts';
import { PERMISSION_CAUSES } from './causes/permissions.ts';
import { PERMISSION_TEXTS } from './causes/permissions-texts.ts';
import { POD_IDENTITY_CAUSES } from './causes/pod-identity.ts';
import { POD_IDENTITY_TEXTS } from './causes/pod-identity-texts.ts';
import { POD_IDENTITY_TRUST_CAUSES } from './causes/pod-identity-trust.ts';
import { POD_IDENTITY_TRUST_TEXTS } from './causes/pod-identity-trust-texts.ts';
import { PROVIDER_CAUSES } from './causes/provider.ts';
import { PROVIDER_TEXTS } from './causes/provider-texts.ts';
import { ROLE_CAUSES } from './causes/role.ts';
import { ROLE_TEXTS } from './causes/role-texts.ts';
import { SERVICE_ACCOUNT_CAUSES } from './causes/service-account.ts';
import { SERVICE_ACCOUNT_TEXTS } from './causes/service-account-texts.ts';
import { TOKEN_CAUSES } from './causes/token.ts';
import { TOKEN_TEXTS } from './causes/token-texts.ts';
import { TRUST_POLICY_CAUSES } from './causes/trust-policy.ts';
import { TRUST_POLICY_TEXTS } from './causes/trust-policy-texts.ts';
import { WEBHOOK_CAUSES } from './causes/webhook.ts';
import { WEBHOOK_TEXTS } from './causes/webhook-texts.ts';

/** Of causes that are equally certain, the earlier stands first: what lies earlier on the way to credentials. */
export const CATALOGUE: readonly Cause[] = [
  ...told(SERVICE_ACCOUNT_CAUSES, SERVICE_ACCOUNT_TEXTS),
  ...told(WEBHOOK_CAUSES, WEBHOOK_TEXTS),
  ...told(PROVIDER_CAUSES, PROVIDER_TEXTS),
  ...told(TOKEN_CAUSES, TOKEN_TEXTS),
  ...told(TRUST_POLICY_CAUSES, TRUST_POLICY_TEXTS),
  ...told(ROLE_CAUSES, ROLE_TEXTS),
  ...told(ASSOCIATION_CAUSES, ASSOCIATION_TEXTS),
  ...told(POD_IDENTITY_TRUST_CAUSES, POD_IDENTITY_TRUST_TEXTS),
  ...told(AGENT_CAUSES, AGENT_TEXTS),
  ...told(POD_IDENTITY_CAUSES, POD_IDENTITY_TEXTS),
  ...told(PERMISSION_CAUSES, PERMISSION_TEXTS),
];

function told<R extends CauseRules>(rules: R, texts: TextsOf<R>): Cause[] {
  return named(rules).flatMap((rule) => {
    const text = texts[rule.id];
    return text === undefined ? [] : [{ ...rule, ...text }];
  });
}
