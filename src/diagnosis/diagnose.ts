// Judges the facts of one failure by the whole catalogue.
import { CATALOGUE } from './catalogue.ts';
import type { Facts } from './facts.ts';
import { type Diagnosis, judge } from './judge.ts';

/** The causes that the facts prove or suggest, the surest first, and what stays open. */
export function diagnose(facts: Facts): Diagnosis {
  return judge(facts, CATALOGUE);
}
