// Owns the cause that a failure is counted and told with, of attempts alike judged once.
import type { Attempt, AwsFacts } from '../diagnosis/facts.ts';
import { judge } from '../diagnosis/judge.ts';
import { RECORD_CAUSES } from '../diagnosis/record-causes.ts';
import type { Roles } from '../ports.ts';
import type { Failure } from './failure.ts';

/** What the record alone tells of the cause, and what it is with what IAM says. */
export interface Causes {
  readonly byRecord: Failure['cause'];
  readonly cause: Failure['cause'];
}

/** By what attempts alike have in common: they are judged once. */
export type KnownCauses = Map<string, Promise<Causes>>;

/** The likeliest of the catalogue, whose ids are few enough for a dimension of metrics. */
export function causesOf(attempt: Attempt, roles: Roles | null, known: KnownCauses): Promise<Causes> {
  const { at: _, ...alike } = attempt;
  const key = JSON.stringify([roles !== null, alike]);
  const causes = known.get(key) ?? judgedOnce(attempt, roles);
  known.set(key, causes);
  return causes;
}

async function judgedOnce(attempt: Attempt, roles: Roles | null): Promise<Causes> {
  const byRecord = judged(attempt, null);
  const aws = attempt.roleArn === undefined || roles === null ? null : await roles.of(attempt.roleArn);
  return { byRecord, cause: aws === null ? byRecord : judged(attempt, aws) };
}

function judged(attempt: Attempt, aws: AwsFacts | null): Failure['cause'] {
  const [first] = judge(aws === null ? { attempt } : { attempt, aws }, RECORD_CAUSES).found;
  return first === undefined ? null : { id: first.cause.id, certainty: first.certainty };
}
