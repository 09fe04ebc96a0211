// The condition operators, by name: what they compare and how.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

export type Family =
  | 'equals'
  | 'equals-ignore-case'
  | 'like'
  | 'arn'
  | 'number'
  | 'date'
  | 'bool'
  | 'binary'
  | 'ip'
  | 'null';
export type Relation = '=' | '<' | '<=' | '>' | '>=';

export interface Operator {
  family: Family;
  relation: Relation;
  /** Holds where no value of the policy matches, and where the key is absent. */
  isNegated: boolean;
  /** With `IfExists`: holds where the key is absent. */
  ifExists: boolean;
  quantifier: 'ForAllValues' | 'ForAnyValue' | null;
}

type Base = Pick<Operator, 'family' | 'relation' | 'isNegated'>;

const base = (family: Family, relation: Relation = '=', isNegated = false): Base => ({
  family,
  relation,
  isNegated,
});

const ordered = (prefix: string, family: Family): [string, Base][] => [
  [`${prefix}Equals`, base(family)],
  [`${prefix}NotEquals`, base(family, '=', true)],
  [`${prefix}LessThan`, base(family, '<')],
  [`${prefix}LessThanEquals`, base(family, '<=')],
  [`${prefix}GreaterThan`, base(family, '>')],
  [`${prefix}GreaterThanEquals`, base(family, '>=')],
];

const BASES = new Map<string, Base>([
  ['StringEquals', base('equals')],
  ['StringNotEquals', base('equals', '=', true)],
  ['StringEqualsIgnoreCase', base('equals-ignore-case')],
  ['StringNotEqualsIgnoreCase', base('equals-ignore-case', '=', true)],
  ['StringLike', base('like')],
  ['StringNotLike', base('like', '=', true)],
  ...ordered('Numeric', 'number'),
  ...ordered('Date', 'date'),
  ['Bool', base('bool')],
  ['BinaryEquals', base('binary')],
  ['IpAddress', base('ip')],
  ['NotIpAddress', base('ip', '=', true)],
  // AWS: "ArnEquals and ArnLike behave identically", and so do their negations.
  ['ArnEquals', base('arn')],
  ['ArnLike', base('arn')],
  ['ArnNotEquals', base('arn', '=', true)],
  ['ArnNotLike', base('arn', '=', true)],
  ['Null', base('null')],
]);

const written = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

const known = new Map<string, Operator | null>();
/** More names than there are operators, so that only made-up ones are forgotten. */
const MOST_KNOWN = 1_000;

/** Null where there is no such operator. `Null` takes neither IfExists nor a set operator. */
export function operatorOf(name: string): Operator | null {
  const before = known.get(name);
  if (before !== undefined) return before;
  const operator = readOperator(name);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, operator);
  return operator;
}

function readOperator(name: string): Operator | null {
  const [, quantifier, baseName = '', ifExists] = written.exec(name) ?? [];
  const found = BASES.get(baseName);
  if (found === undefined) return null;
  if (found.family === 'null' && (quantifier !== undefined || ifExists !== undefined)) return null;
  return {
    ...found,
    ifExists: ifExists !== undefined,
    quantifier: (quantifier as 'ForAllValues' | 'ForAnyValue' | undefined) ?? null,
  };
}
