// Finds the smallest change of a policy that admits a denied request and nobody else. Every change is evaluated before it is shown.
import { applyPatch, type PatchOperation, pointer } from './apply-patch.ts';
import { editsOf } from './edits.ts';
import { Effort } from './effort.ts';
import { type Decision, type Evaluation, evaluate, type Part, type StatementOutcome } from './evaluate.ts';
import { parsePolicy } from './grammar.ts';
import { namingKeys, saysWhoAsks } from './identity-keys.ts';
import { neighboursOf } from './neighbours.ts';
import { newStatement } from './new-statement.ts';
import { operatorOf } from './operators.ts';
import type { Policy } from './policy.ts';
import { PolicyError } from './policy-error.ts';
import type { TrustRequest } from './request.ts';

export interface FoundPatch {
  patch: readonly PatchOperation[];
  /** The whole document with it. */
  patched: unknown;
}

/** Statements that a change is looked for in, nearest first. */
const NEAREST = 8;
const TAG_SESSION = 'sts:TagSession';
const ASSUMING = ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'];

/** For a request that no statement allows and none denies. Null where no change admits it alone, or looking for one takes too long. */
export function smallestPatch(document: unknown, policy: Policy, request: TrustRequest): FoundPatch | null {
  try {
    const effort = new Effort();
    const evaluation = evaluate(policy, request, effort);
    const candidates = candidatesOf(document, policy, request, evaluation);
    if (candidates.length === 0) return null;
    const others = othersOf(policy, request, effort);
    for (const patch of candidates) {
      const patched = applyPatch(document, patch);
      if (isRight(parsePolicy(patched), request, others, effort)) return { patch, patched };
    }
    return null;
  } catch (error) {
    if (error instanceof PolicyError) return null;
    throw error;
  }
}

/** Another request, with the actions that a change may not decide otherwise than before, and what is decided now. */
interface Other {
  readonly request: TrustRequest;
  readonly decisions: readonly Decision[];
}

/** Who else may ask, and for what else this request may: all of them are to be left as they are. */
function othersOf(policy: Policy, request: TrustRequest, effort: Effort): Other[] {
  const asked = [...new Set([...ASSUMING, ...request.actions])].filter((action) => action !== TAG_SESSION);
  const more = asked.filter((action) => !request.actions.includes(action));
  const decided = (one: TrustRequest): Other => ({
    request: one,
    decisions: decisionsOf(policy, one, effort),
  });
  const neighbours = neighboursOf(policy, request).map((one) => {
    const other = decided({ ...one, actions: [...asked, TAG_SESSION] });
    // Whoever may assume the role may be given tags in doing so: that lets nobody in.
    return other.decisions.slice(0, -1).includes('allowed')
      ? { request: { ...one, actions: asked }, decisions: other.decisions.slice(0, -1) }
      : other;
  });
  return more.length === 0 ? neighbours : [decided({ ...request, actions: more }), ...neighbours];
}

function decisionsOf(policy: Policy, request: TrustRequest, effort: Effort): Decision[] {
  return evaluate(policy, request, effort).actions.map(({ decision }) => decision);
}

function candidatesOf(
  document: unknown,
  policy: Policy,
  request: TrustRequest,
  { deciding, actions }: Evaluation,
): PatchOperation[][] {
  const near = deciding.outcomes
    .filter(({ statement }) => statement.effect === 'Allow')
    .sort((a, b) => failingOf(a).length - failingOf(b).length);
  // Somebody who is let in but at another time, from another place or with another secret, or who is kept out by name, is not let
  // in by the policy.
  if (near.some((one) => failingOf(one).every(isMeant))) return [];
  // Without a name for whoever asks, a change may only give more to those who are let in already.
  const isNamed = namingKeys(request) !== null;
  const changeable = near.filter((one) => isNamed || failingOf(one).every((part) => part === 'action'));
  const changes = changeable.slice(0, NEAREST).map((outcome) => {
    const { index } = outcome.statement;
    const missing = actions.flatMap(({ action, outcomes }) =>
      outcomes.some(({ statement, parts }) => statement.index === index && parts[1]?.verdict === false)
        ? [action]
        : [],
    );
    const path = policy.isList ? pointer('Statement', String(index)) : pointer('Statement');
    return editsOf(outcome, path, request, missing);
  });
  const lender = near.find(({ parts }) => parts[0]?.verdict === true) ?? null;
  const edits = changes.filter((change) => change !== null).sort((a, b) => a.length - b.length);
  const added = newStatement(document, policy, request, lender);
  return added === null ? edits : [...edits, added];
}

function failingOf({ parts }: StatementOutcome) {
  return parts.filter(({ verdict }) => verdict !== true).map(({ part }) => part);
}

/** Whether a failing part is a guard or an exclusion, which somebody meant as it is. */
function isMeant(part: Part): boolean {
  return (
    typeof part === 'object' && (!saysWhoAsks(part.key) || operatorOf(part.operator)?.isNegated === true)
  );
}

/** Whether the change admits the request, and changes nothing for anybody else. */
function isRight(after: Policy, request: TrustRequest, others: readonly Other[], effort: Effort): boolean {
  if (evaluate(after, request, effort).decision !== 'allowed') return false;
  return others.every(({ request: one, decisions }) =>
    decisionsOf(after, one, effort).every((decision, index) => decision === decisions[index]),
  );
}
