// Evaluates a trust policy for a request, as IAM does: an explicit deny wins, then an allow, else the answer is no.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
import { actionCovers } from './action.ts';
import { conditionHolds, type Facts } from './condition.ts';
import type { Effort } from './effort.ts';
import type { Condition, Policy, Statement } from './policy.ts';
import { principalCovers } from './principal.ts';
import type { TrustRequest } from './request.ts';
import type { Verdict } from './verdict.ts';

export type Decision = 'allowed' | 'denied' | 'unknown';

/** The part of a statement that does not match, or of which it is unknown. */
export type Part = 'principal' | 'action' | Condition;

export interface PartOutcome {
  part: Part;
  verdict: Verdict;
}

export interface StatementOutcome {
  statement: Statement;
  verdict: Verdict;
  /** Principal, action and conditions, in the order that IAM's documentation has them. */
  parts: readonly PartOutcome[];
}

export interface ActionOutcome {
  action: string;
  decision: Decision;
  /** Index of the statement that allows or explicitly denies; null where none does. */
  statement: number | null;
  /** Of the statements without a fault. */
  outcomes: readonly StatementOutcome[];
}

export interface Evaluation {
  decision: Decision;
  statement: number | null;
  /** The first action that decided: one that is denied, else unknown, else the first of all. */
  deciding: ActionOutcome;
  actions: readonly ActionOutcome[];
}

/** Throws PolicyError where that takes more effort than there is. */
export function evaluate(policy: Policy, request: TrustRequest, effort: Effort): Evaluation {
  const facts = factsOf(policy, request, effort);
  const known = policy.statements.flatMap((statement) =>
    statement === null ? [] : [{ statement, ...standing(statement, request, facts) }],
  );
  const actions = request.actions.map((action) => evaluateAction(policy, known, action, effort));
  const first = (decision: Decision) => actions.find((one) => one.decision === decision);
  const deciding = first('denied') ?? first('unknown') ?? first('allowed');
  if (deciding === undefined) throw new TypeError('a request has at least one action');
  return { decision: deciding.decision, statement: deciding.statement, deciding, actions };
}

function factsOf(policy: Policy, request: TrustRequest, effort: Effort): Facts {
  const context = new Map([...request.context].map(([key, values]) => [key.toLowerCase(), values]));
  return {
    variables: policy.version === '2012-10-17',
    valuesOf: (key) => context.get(key.toLowerCase()) ?? (request.mayHave(key) ? null : []),
    effort,
  };
}

/** What of a statement is the same for every action. */
interface Standing {
  readonly statement: Statement;
  readonly principal: PartOutcome;
  readonly conditions: readonly PartOutcome[];
}

function standing(
  { principal, effect, conditions }: Statement,
  request: TrustRequest,
  facts: Facts,
): Omit<Standing, 'statement'> {
  return {
    principal: { part: 'principal', verdict: principalCovers(principal, effect, request.principal) },
    conditions: conditions.map((part) => ({ part, verdict: conditionHolds(part, facts) })),
  };
}

function evaluateAction(
  policy: Policy,
  known: readonly Standing[],
  action: string,
  effort: Effort,
): ActionOutcome {
  const outcomes = known.map((one) => evaluateStatement(one, action, effort));
  return { action, outcomes, ...decide(outcomes, policy.faults.length > 0) };
}

/** IAM would not have taken a document with a fault, so nothing but a denial follows from the rest of it. */
function decide(
  outcomes: readonly StatementOutcome[],
  hasFault: boolean,
): Pick<ActionOutcome, 'decision' | 'statement'> {
  const find = (effect: Statement['effect'], verdict: Verdict) =>
    outcomes.find((one) => one.statement.effect === effect && one.verdict === verdict)?.statement.index ??
    null;
  const denying = find('Deny', true);
  if (denying !== null) return { decision: 'denied', statement: denying };
  if (hasFault) return { decision: 'unknown', statement: null };
  const allowing = find('Allow', true);
  if (allowing === null)
    return { decision: find('Allow', null) === null ? 'denied' : 'unknown', statement: null };
  return find('Deny', null) === null
    ? { decision: 'allowed', statement: allowing }
    : { decision: 'unknown', statement: null };
}

function evaluateStatement(
  { statement, principal, conditions }: Standing,
  action: string,
  effort: Effort,
): StatementOutcome {
  const covers: PartOutcome = { part: 'action', verdict: actionCovers(statement.action, action, effort) };
  const parts = [principal, covers, ...conditions];
  const fails = parts.some(({ verdict }) => verdict === false);
  const isUnknown = parts.some(({ verdict }) => verdict === null);
  return { statement, parts, verdict: fails ? false : isUnknown ? null : true };
}
