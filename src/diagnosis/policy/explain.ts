// Explains what a trust policy says to a request. The decision is that of the trust policy alone.

import type { PatchOperation } from './apply-patch.ts';
import { readPolicyDocument } from './document.ts';
import { Effort } from './effort.ts';
import { type Decision, evaluate } from './evaluate.ts';
import { type Failure, failuresOf } from './failures.ts';
import { parsePolicy } from './grammar.ts';
import { smallestPatch } from './patch.ts';
import type { Policy } from './policy.ts';
import type { TrustRequest } from './request.ts';
import { unknownReasons } from './unknown-reasons.ts';
import { type Warning, warningsOf } from './warnings.ts';

export interface TrustPolicy {
  /** As it was written. */
  document: unknown;
  policy: Policy;
  /** Of the role, where its ARN was given with the policy. */
  account: string | null;
}

export interface Explanation {
  decision: Decision;
  /** Index of the statement that allowed or explicitly denied; null where none did. */
  statement: number | null;
  /** One for each statement that did not match, in order, and one for each fault of the document. */
  failures: readonly Failure[];
  /** What would make a denied request an allowed one; null where there is no such change that admits nobody else. */
  patch: readonly PatchOperation[] | null;
  /** The whole document with the patch. */
  patched: unknown;
  warnings: readonly Warning[];
}

/** `text` is whatever `readPolicyDocument` takes. Throws PolicyError where it is too large, too deep or no JSON. */
export function readTrustPolicy(text: string): TrustPolicy {
  const { document, duplicates, roleArn } = readPolicyDocument(text);
  return { document, policy: parsePolicy(document, duplicates), account: roleArn?.split(':')[4] ?? null };
}

/** Throws PolicyError where it takes too long. */
export function explain({ document, policy }: TrustPolicy, request: TrustRequest): Explanation {
  const effort = new Effort();
  const evaluation = evaluate(policy, request, effort);
  const { decision, statement } = evaluation;
  const found = decision === 'denied' && statement === null ? smallestPatch(document, policy, request) : null;
  return {
    decision,
    statement,
    failures: failuresOf(policy, request, evaluation),
    patch: found?.patch ?? null,
    patched: found?.patched ?? null,
    warnings: [...unknownReasons(policy, request, evaluation), ...warningsOf(policy, request, effort)],
  };
}
