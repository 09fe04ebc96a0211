// Judges the facts of one failure by a list of causes, and ranks what fits. It claims no more than its evidence proves.
import { type Case, caseOf } from './case.ts';
import {
  type Cause,
  type Certainty,
  type Evidence,
  evidence,
  type Judgement,
  type NamedRule,
} from './cause.ts';
import type { Facts } from './facts.ts';

export interface Found<C extends NamedRule = Cause> extends Judgement {
  readonly cause: C;
}

export interface Diagnosis<C extends NamedRule = Cause> {
  readonly about: Case;
  /** The likeliest first. None: none of the causes fits. */
  readonly found: readonly Found<C>[];
  /** Whether something failed at all, as far as the facts go. */
  readonly isFailing: boolean;
}

const ORDER: readonly Certainty[] = ['proven', 'likely', 'possible'];
/** Of a line that a client printed, so much is shown. */
const SHOWN = 500;

/** Of causes that are equally certain, the earlier stands first. */
export function judge<C extends NamedRule>(facts: Facts, causes: readonly C[]): Diagnosis<C> {
  const about = caseOf(facts);
  const found = causes
    .flatMap((cause) => judged(cause, about) ?? [])
    .sort((a, b) => ORDER.indexOf(a.certainty) - ORDER.indexOf(b.certainty));
  const isProven = found[0]?.certainty === 'proven';
  return {
    about,
    found: isProven ? found.filter(({ certainty }) => certainty !== 'possible') : found,
    isFailing: found.length > 0 || about.lines.length > 0 || (about.trail?.failures ?? 0) > 0,
  };
}

function judged<C extends NamedRule>(cause: C, about: Case): Found<C> | null {
  const { mechanism } = about.attempt;
  if (cause.mechanism !== 'any' && mechanism !== undefined && mechanism !== cause.mechanism) return null;
  const judgement = cause.judge(about);
  const heard = hear(cause, about);
  if (judgement === 'refuted') return heard?.certainty === 'proven' ? outdated(cause, heard) : null;
  if (judgement === null) return heard === null ? null : { cause, ...heard };
  if (heard === null) return { cause, ...judgement };
  return {
    cause,
    ...judgement,
    certainty: surer(judgement.certainty, heard.certainty),
    evidence: [...judgement.evidence, ...heard.evidence],
  };
}

/** What clients said that fits the cause. */
function hear({ symptoms }: NamedRule, { lines }: Case): Judgement | null {
  for (const certainty of ORDER) {
    for (const { pattern, means } of symptoms) {
      const line = means === certainty ? lines.find((one) => pattern.test(one)) : undefined;
      if (line !== undefined)
        return {
          certainty,
          detail: '',
          evidence: [evidence('credential_finding', line.slice(0, SHOWN))],
        };
    }
  }
  return null;
}

/** A client named the cause, and what was read since rules it out: it may have been put right, or another place was asked. */
function outdated<C extends NamedRule>(cause: C, { detail, evidence: told }: Judgement): Found<C> {
  const since: Evidence = evidence(
    'provider',
    'What was read now does not show it: it may have been put right since.',
  );
  return { cause, certainty: 'possible', detail, evidence: [...told, since] };
}

function surer(a: Certainty, b: Certainty): Certainty {
  return ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b;
}
