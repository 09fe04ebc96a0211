// Judges the facts of one failure by the whole catalogue.
import { CATALOGUE } from './catalogue.ts';
import type { Facts } from './facts.ts';
import { type Diagnosis, judge } from './judge.ts';

export function diagnose(facts: Facts): Diagnosis {
  return judge(facts, CATALOGUE);
}
