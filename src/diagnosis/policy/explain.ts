// Explains what a trust policy says to a request: its answer, the smallest change that would admit it, and what to beware of. The
// decision is that of the trust policy alone.
import type { PatchOperation } from './apply-patch.ts';
import { Effort } from './effort.ts';
import { evaluate } from './evaluate.ts';
import { smallestPatch } from './patch.ts';
import type { TrustRequest } from './request.ts';
import { type Answer, answer, type TrustPolicy } from './trust-policy.ts';
import { unknownReasons } from './unknown-reasons.ts';
import { type Warning, warningsOf } from './warnings.ts';

export interface Explanation extends Answer {
  /** What would make a denied request an allowed one; null where there is no such change that admits nobody else. */
  patch: readonly PatchOperation[] | null;
  /** The whole document with the patch. */
  patched: unknown;
  warnings: readonly Warning[];
}

/** Throws PolicyError where it takes too long. */
export function explain(trust: TrustPolicy, request: TrustRequest): Explanation {
  const { document, policy } = trust;
  const effort = new Effort();
  const evaluation = evaluate(policy, request, effort);
  const { decision, statement } = evaluation;
  const found = decision === 'denied' && statement === null ? smallestPatch(document, policy, request) : null;
  return {
    ...answer(trust, request, evaluation),
    patch: found?.patch ?? null,
    patched: found?.patched ?? null,
    warnings: [...unknownReasons(policy, request, evaluation), ...warningsOf(policy, request, effort)],
  };
}
