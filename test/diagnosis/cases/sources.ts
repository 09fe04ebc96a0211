// The pages of AWS's documentation that the cases of trust policies are from.
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

export const SOURCES = {
  operators: `${IAM}/reference_policies_elements_condition_operators.html`,
  logic: `${IAM}/reference_policies_condition-logic-multiple-context-keys-or-values.html`,
  sets: `${IAM}/reference_policies_condition-single-vs-multi-valued-context-keys.html`,
  condition: `${IAM}/reference_policies_elements_condition.html`,
  variables: `${IAM}/reference_policies_variables.html`,
  principal: `${IAM}/reference_policies_elements_principal.html`,
  notPrincipal: `${IAM}/reference_policies_elements_notprincipal.html`,
  action: `${IAM}/reference_policies_elements_action.html`,
  notAction: `${IAM}/reference_policies_elements_notaction.html`,
  grammar: `${IAM}/reference_policies_grammar.html`,
  version: `${IAM}/reference_policies_elements_version.html`,
  evaluation: `${IAM}/reference_policies_evaluation-logic_policy-eval-basics.html`,
  checks: `${IAM}/access-analyzer-reference-policy-checks.html`,
  keys: `${IAM}/reference_policies_iam-condition-keys.html`,
  oidc: `${IAM}/id_roles_create_for-idp_oidc.html`,
  tags: `${IAM}/id_session-tags.html`,
  podIdentity: 'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html',
  irsa: 'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
  /** Where AWS documents nothing, podtrail says so instead of guessing. */
  undocumented: 'docs/trust-policy.md',
} as const;

export type Source = keyof typeof SOURCES;
export type Expected = 'allowed' | 'denied' | 'unknown';
