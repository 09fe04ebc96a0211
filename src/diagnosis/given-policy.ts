// Trust policies that a user gives as files, and which failure each is for.
import { isNamesake } from './case.ts';
import type { Facts } from './facts.ts';
import { readPolicyDocument } from './policy/document.ts';

export interface GivenPolicy {
  /** As `aws iam get-role` prints it beside the policy; null where the policy stands alone. */
  readonly roleArn: string | null;
  readonly text: string;
}

/** Throws PolicyError where the text is too large, too deep or no JSON. */
export function readGivenPolicy(text: string): GivenPolicy {
  return { roleArn: readPolicyDocument(text).roleArn, text };
}

/** The facts with the policy of their role; a policy without an ARN is taken to be of whichever role failed, where it is the only one. */
export function withPolicy(facts: Facts, policies: readonly GivenPolicy[]): Facts {
  const { roleArn } = facts.attempt;
  const [only] = policies;
  const found =
    policies.find((one) => one.roleArn !== null && one.roleArn === roleArn) ??
    policies.find((one) => isNamesake(one.roleArn ?? undefined, roleArn)) ??
    (policies.length === 1 && only !== undefined && (only.roleArn === null || roleArn === undefined)
      ? only
      : undefined);
  if (found === undefined) return facts;
  const arn = roleArn ?? found.roleArn;
  return {
    ...facts,
    attempt: arn === null ? facts.attempt : { ...facts.attempt, roleArn: arn },
    aws: { unread: [], ...facts.aws, role: { arn: found.roleArn ?? arn ?? '', trustPolicy: found.text } },
  };
}
