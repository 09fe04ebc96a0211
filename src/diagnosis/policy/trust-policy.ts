// Reads a trust policy, and answers a request by it: allowed or not, by which statement, and why the others did not match.
import { readPolicyDocument } from './document.ts';
import { Effort } from './effort.ts';
import { type Decision, type Evaluation, evaluate } from './evaluate.ts';
import { type Failure, failuresOf } from './failures.ts';
import { parsePolicy } from './grammar.ts';
import type { Policy } from './policy.ts';
import type { TrustRequest } from './request.ts';
import { type Owner, ownerOf } from './token-request.ts';

export interface TrustPolicy {
  /** As it was written. */
  document: unknown;
  policy: Policy;
  /** Whose the role is, where its ARN was given with the policy. */
  owner: Owner | null;
}

export interface Answer {
  decision: Decision;
  /** Index of the statement that allowed or explicitly denied; null where none did. */
  statement: number | null;
  /** One for each statement that did not match, in order, and one for each fault of the document. */
  failures: readonly Failure[];
}

/** `text` is whatever `readPolicyDocument` takes. Throws PolicyError where it is too large, too deep or no JSON. */
export function readTrustPolicy(text: string): TrustPolicy {
  const { document, duplicates, roleArn } = readPolicyDocument(text);
  return {
    document,
    policy: parsePolicy(document, duplicates),
    owner: roleArn === null ? null : ownerOf(roleArn),
  };
}

/** Throws PolicyError where it takes too long. */
export function answer(
  { policy }: TrustPolicy,
  request: TrustRequest,
  evaluation: Evaluation = evaluate(policy, request, new Effort()),
): Answer {
  const { decision, statement } = evaluation;
  return { decision, statement, failures: failuresOf(policy, request, evaluation) };
}
