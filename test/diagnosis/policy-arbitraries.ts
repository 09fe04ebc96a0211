// Makes up well-formed trust policies and requests that have a fair chance to fit each other.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like templates
import fc from 'fast-check';

export interface MadeStatement {
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | Readonly<Record<string, readonly string[]>>;
  NotPrincipal?: Readonly<Record<string, readonly string[]>>;
  Action?: readonly string[];
  NotAction?: readonly string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface MadePolicy {
  Version: string;
  Statement: readonly MadeStatement[];
}

export interface MadeRequest {
  action: readonly string[];
  principal: { type: string; value: string };
  context: Readonly<Record<string, readonly string[]>>;
}

export const ISSUERS = [
  'oidc.eks.us-west-2.amazonaws.com/id/ONE',
  'oidc.eks.us-west-2.amazonaws.com/id/TWO',
] as const;
export const PROVIDERS = ISSUERS.map((issuer) => `arn:aws:iam::111122223333:oidc-provider/${issuer}`);
const PRINCIPALS = [
  ...PROVIDERS.map((value) => ({ type: 'Federated', value })),
  { type: 'Service', value: 'pods.eks.amazonaws.com' },
  { type: 'AWS', value: 'arn:aws:iam::111122223333:user/Bob' },
];
const ACTIONS = ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:TagSession'];

const some = <T>(...values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

/** Operators with values that they take, on keys that are kept for each kind. */
const KINDS: readonly [
  operators: readonly string[],
  keys: readonly string[],
  policy: fc.Arbitrary<string>,
  request: fc.Arbitrary<string>,
][] = [
  [
    [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    ['a', 'b'],
    fc.oneof(
      fc.string({ unit: fc.constantFrom('x', 'X', 'y', '*', '?'), minLength: 1, maxLength: 5 }),
      fc.constantFrom('${a}', "${a, 'x'}", 'x${a}', "y${a, 'xy'}"),
    ),
    fc.string({ unit: fc.constantFrom('x', 'X', 'y'), minLength: 1, maxLength: 5 }),
  ],
  [
    ['ArnLike', 'ArnNotLike'],
    ['arn'],
    fc.constantFrom(
      'arn:aws:sns:*:*:x',
      'arn:*:s?s:r:1:*',
      'arn:aws:sqs:r:1:x',
      'arn:aws:*:1:x:y',
      'arn:aws:sns:r:1:x:?',
    ),
    fc.constantFrom('arn:aws:sns:r:1:x', 'arn:aws:sqs:r:1:x:y', 'arn:aws:sns:r:1:x:y'),
  ],
  [
    ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEquals'],
    ['n'],
    fc.constantFrom('1', '2', '2.0', '10'),
    fc.constantFrom('1', '2', '10.0'),
  ],
  [['Bool'], ['t'], fc.constantFrom('true', 'false'), fc.constantFrom('true', 'false')],
];

const conditionArbitrary = fc
  .array(
    fc.oneof(
      ...KINDS.map(([operators, keys, values]) =>
        fc.tuple(
          fc
            .tuple(
              fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
              fc.constantFrom(...operators),
              fc.constantFrom('', '', 'IfExists'),
            )
            .map((parts) => parts.join('')),
          fc.constantFrom(...keys, ...keys.map((key) => key.toUpperCase())),
          fc.array(values, { minLength: 1, maxLength: 2 }),
        ),
      ),
      fc.tuple(fc.constant('Null'), fc.constantFrom('a', 'n'), fc.constantFrom(['true'], ['false'])),
    ),
    { maxLength: 3 },
  )
  .map((conditions) => {
    const block: Record<string, Record<string, readonly string[]>> = {};
    for (const [operator, key, values] of conditions) block[operator] = { ...block[operator], [key]: values };
    return block;
  });

const principalsArbitrary = some(...PRINCIPALS, { type: 'AWS', value: '111122223333' }).map((principals) => {
  const byType: Record<string, string[]> = {};
  for (const { type, value } of principals) byType[type] = [...(byType[type] ?? []), value];
  return byType;
});

/** What NotPrincipal says of AWS principals is only "might", and so is left to the table of cases. */
const whoArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ Principal: '*' as const }) },
  { weight: 3, arbitrary: principalsArbitrary.map((Principal) => ({ Principal })) },
  { weight: 1, arbitrary: some(...PROVIDERS).map((Federated) => ({ NotPrincipal: { Federated } })) },
);

const patternsArbitrary = some('sts:AssumeRole', 'STS:assumerole*', 'sts:Tag?ession', 'sts:*WithWebIdentity');
const whatArbitrary = fc.oneof(
  { weight: 4, arbitrary: patternsArbitrary.map((Action) => ({ Action })) },
  { weight: 1, arbitrary: patternsArbitrary.map((NotAction) => ({ NotAction })) },
);

const statementArbitrary = fc
  .tuple(
    fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
    whoArbitrary,
    whatArbitrary,
    conditionArbitrary,
  )
  .map(([Effect, who, what, Condition]): MadeStatement => ({ Effect, ...who, ...what, Condition }));

export const policyArbitrary: fc.Arbitrary<MadePolicy> = fc.record({
  Version: fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
  Statement: fc.array(statementArbitrary, { minLength: 1, maxLength: 4 }),
});

/** `a` is the key that variables stand for, and so has one value at most. */
export const requestArbitrary: fc.Arbitrary<MadeRequest> = fc
  .tuple(
    some(...ACTIONS),
    fc.constantFrom(...PRINCIPALS),
    ...KINDS.flatMap(([, keys, , values]) =>
      keys.map((key) =>
        fc.array(values, { maxLength: key === 'a' ? 1 : 2 }).map((list) => [key, list] as const),
      ),
    ),
  )
  .map(([action, principal, ...entries]) => ({
    action,
    principal,
    context: Object.fromEntries(entries.filter(([, list]) => list.length > 0)),
  }));
