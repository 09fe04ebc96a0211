// A patch admits the request it was made for and nobody else, takes nothing from anybody, and is as small as it can be.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like templates
import { describe, expect, it } from 'vitest';
import { applied } from './json-patch.ts';
import { ISSUERS } from './policy-arbitraries.ts';
import {
  API,
  AUD,
  ask,
  decide,
  ISSUER,
  list,
  type Made,
  OTHER_ISSUER,
  OTHER_PROVIDER,
  PROVIDER,
  pod,
  STS,
  SUB,
  subject,
  token,
  trusting,
  WEB,
} from './policy-asking.ts';

const bound = { [SUB]: WEB, [AUD]: STS };
const exactly = (sub: string, issuer: string = ISSUER) =>
  trusting(
    { StringEquals: { [`${issuer}:sub`]: sub, [`${issuer}:aud`]: STS } },
    { Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` } },
  );
const at = (...names: string[]) =>
  `/Statement/0/${names.map((name) => name.replaceAll('/', '~1')).join('/')}`;

const PATCHES: readonly [claim: string, document: unknown, request: Made, patch: unknown][] = [
  [
    'another subject beside one',
    list(trusting({ StringEquals: bound })),
    token(),
    [{ op: 'replace', path: at('Condition', 'StringEquals', SUB), value: [WEB, API] }],
  ],
  [
    'another subject in a list',
    list(trusting({ StringEquals: { ...bound, [SUB]: [WEB] } })),
    token(),
    [{ op: 'add', path: `${at('Condition', 'StringEquals', SUB)}/-`, value: API }],
  ],
  [
    'another subject among patterns',
    list(trusting({ StringEquals: { [AUD]: STS }, StringLike: { [SUB]: 'system:serviceaccount:shop:*' } })),
    token(),
    [
      {
        op: 'replace',
        path: at('Condition', 'StringLike', SUB),
        value: ['system:serviceaccount:shop:*', API],
      },
    ],
  ],
  [
    'the exact subject for a wildcard that StringEquals takes literally',
    list(trusting({ StringEquals: { ...bound, [SUB]: subject('payments', '*') } })),
    token(),
    [{ op: 'replace', path: at('Condition', 'StringEquals', SUB), value: API }],
  ],
  [
    'both values where one could never match',
    list(trusting({ StringEquals: { [SUB]: subject('payments', '*'), [AUD]: 'other' } })),
    token(),
    [
      { op: 'replace', path: at('Condition', 'StringEquals', SUB), value: API },
      { op: 'replace', path: at('Condition', 'StringEquals', AUD), value: STS },
    ],
  ],
  [
    'a single statement, in its own place',
    { Version: '2012-10-17', Statement: trusting({ StringEquals: bound }) },
    token(),
    [
      {
        op: 'replace',
        path: `/Statement/Condition/StringEquals/${SUB.replaceAll('/', '~1')}`,
        value: [WEB, API],
      },
    ],
  ],
  [
    'another audience',
    list(trusting({ StringEquals: { [SUB]: API, [AUD]: 'other' } })),
    token(),
    [{ op: 'replace', path: at('Condition', 'StringEquals', AUD), value: ['other', STS] }],
  ],
  [
    'a statement of its own where the audience would be shared',
    list(trusting({ StringEquals: { [SUB]: [API, WEB], [AUD]: 'other' } })),
    token(),
    [{ op: 'add', path: '/Statement/-', value: exactly(API) }],
  ],
  [
    'a statement of its own where any audience is admitted',
    list(trusting({ StringEquals: { [SUB]: WEB } })),
    token(),
    [{ op: 'add', path: '/Statement/-', value: exactly(API) }],
  ],
  [
    'a statement of its own where subject and audience differ',
    list(trusting({ StringEquals: { [SUB]: WEB, [AUD]: 'other' } })),
    token(),
    [{ op: 'add', path: '/Statement/-', value: exactly(API) }],
  ],
  [
    'a statement of its own for another cluster',
    list(trusting({ StringEquals: bound })),
    token(API, STS, OTHER_ISSUER),
    [{ op: 'add', path: '/Statement/-', value: exactly(API, OTHER_ISSUER) }],
  ],
  [
    'a second statement beside a single one',
    { Version: '2012-10-17', Statement: trusting({ StringEquals: bound }) },
    token(API, STS, OTHER_ISSUER),
    [
      {
        op: 'replace',
        path: '/Statement',
        value: [trusting({ StringEquals: bound }), exactly(API, OTHER_ISSUER)],
      },
    ],
  ],
  [
    'the key without https://',
    list(trusting({ StringEquals: { [`https://${SUB}`]: API, [AUD]: STS } })),
    token(),
    [
      {
        op: 'move',
        from: at('Condition', 'StringEquals', `https://${SUB}`),
        path: at('Condition', 'StringEquals', SUB),
      },
    ],
  ],
  [
    'the key without a slash at the end of the issuer',
    list(trusting({ StringEquals: { [`${ISSUER}/:sub`]: [WEB], [AUD]: STS } })),
    token(),
    [
      {
        op: 'move',
        from: at('Condition', 'StringEquals', `${ISSUER}/:sub`),
        path: at('Condition', 'StringEquals', SUB),
      },
      { op: 'replace', path: at('Condition', 'StringEquals', SUB), value: API },
    ],
  ],
  [
    'the provider without https://',
    list(
      trusting(
        { StringEquals: { [SUB]: API, [AUD]: STS } },
        { Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/https://${ISSUER}` } },
      ),
    ),
    token(),
    [{ op: 'replace', path: at('Principal', 'Federated'), value: PROVIDER }],
  ],
  [
    'a provider beside one',
    list(
      trusting({ StringEquals: { [SUB]: API, [AUD]: STS } }, { Principal: { Federated: OTHER_PROVIDER } }),
    ),
    token(),
    [{ op: 'replace', path: at('Principal', 'Federated'), value: [OTHER_PROVIDER, PROVIDER] }],
  ],
  [
    'the action for web identity',
    list(trusting({ StringEquals: { [SUB]: API, [AUD]: STS } }, { Action: 'sts:AssumeRole' })),
    token(),
    [{ op: 'replace', path: at('Action'), value: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'] }],
  ],
  [
    'sts:TagSession for Pod Identity',
    list({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole'] }),
    pod(),
    [{ op: 'add', path: `${at('Action')}/-`, value: 'sts:TagSession' }],
  ],
  [
    'sts:TagSession also where the request does not say which pod asks',
    list({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    { ...pod(), context: {} },
    [{ op: 'replace', path: at('Action'), value: ['sts:AssumeRole', 'sts:TagSession'] }],
  ],
  [
    'another ServiceAccount of one cluster',
    list({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { StringEquals: pod('web').context },
    }),
    pod(),
    [
      {
        op: 'replace',
        path: at('Condition', 'StringEquals', 'aws:RequestTag/kubernetes-service-account'),
        value: ['web', 'api'],
      },
    ],
  ],
  [
    'a statement for a pod of its cluster',
    list(trusting({ StringEquals: bound })),
    pod(),
    [
      {
        op: 'add',
        path: '/Statement/-',
        value: {
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Condition: { StringEquals: pod().context },
        },
      },
    ],
  ],
  [
    'another role of an account',
    list({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:role/one' },
      Action: 'sts:AssumeRole',
    }),
    {
      action: 'sts:AssumeRole',
      principal: { type: 'AWS', value: 'arn:aws:iam::111122223333:role/two' },
      context: {},
    },
    [
      {
        op: 'replace',
        path: at('Principal', 'AWS'),
        value: ['arn:aws:iam::111122223333:role/one', 'arn:aws:iam::111122223333:role/two'],
      },
    ],
  ],
];

const GUARD = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
const from = (address: string, request: Made = token()) => ({
  ...request,
  context: { ...request.context, 'aws:SourceIp': address },
});

const NONE: readonly [claim: string, document: unknown, request: Made][] = [
  ['an allowed request', list(exactly(API)), token()],
  ['an explicit deny', list(exactly(WEB), { ...exactly(API), Effect: 'Deny' }), token()],
  [
    'an explicit deny that would win',
    list(exactly(API), { Effect: 'Deny', Principal: '*', Action: '*' }),
    token(),
  ],
  ['what is unknown', list(trusting({ StringMatches: bound })), token()],
  ['a policy that IAM would not take', list({ ...exactly(WEB), Resource: '*' }), token()],
  [
    'a request that comes from elsewhere',
    list(trusting({ StringEquals: { [SUB]: API, [AUD]: STS }, ...GUARD })),
    from('198.51.100.1'),
  ],
  ['another subject from elsewhere', list(trusting({ StringEquals: bound, ...GUARD })), from('198.51.100.1')],
  [
    'a subject that is kept out by name',
    list(trusting({ StringEquals: { [AUD]: STS }, StringNotLike: { [SUB]: API } })),
    token(),
  ],
  ['a request without a subject', list(exactly(WEB)), { ...token(), context: { [AUD]: STS } }],
  [
    'a request without an audience',
    list(trusting({ StringEquals: { [SUB]: WEB } })),
    { ...token(), context: { [SUB]: API } },
  ],
  ['a subject that reads like a variable', list(exactly(WEB)), token('${aws:username}')],
  [
    'whichever pod, where another service is trusted',
    list({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    { ...pod(), context: {} },
  ],
  [
    'a pod of an unknown cluster',
    list(exactly(WEB)),
    { ...pod(), context: { 'aws:RequestTag/kubernetes-namespace': 'payments' } },
  ],
];

/** Requests near the one asked, and what decides them. */
const near = () =>
  [API, WEB, subject('payments', 'apis'), subject('payment', 'api'), subject('x', 'api'), '']
    .flatMap((sub) => [STS, 'other', 'sts.amazonaws.co'].map((aud) => [sub, aud] as const))
    .flatMap(([sub, aud]) => ISSUERS.map((issuer) => token(sub, aud, issuer)));

describe('the smallest patch', () => {
  it.each(PATCHES)('is %s', (_claim, document, request, patch) => {
    const answer = ask(document, request);
    expect([answer.decision, answer.patch]).toEqual(['denied', patch]);
    const patched = applied(document, answer.patch ?? []);
    expect(answer.patched).toEqual(patched);
    expect(decide(patched, request)).toBe('allowed');
    const others = [...near(), pod('web'), pod('api', 'shop'), pod('api', 'payments', 'test')];
    for (const other of others.filter((one) => JSON.stringify(one) !== JSON.stringify(request))) {
      const one = {
        ...other,
        action: other.action[0] === 'sts:AssumeRole' ? 'sts:AssumeRole' : other.action,
      };
      expect([one, decide(patched, one)]).toEqual([one, decide(document, one)]);
    }
  });

  it.each(NONE)('is none for %s', (_claim, document, request) => {
    const answer = ask(document, request);
    expect([answer.patch, answer.patched]).toEqual([null, null]);
  });

  it('keeps what guards the statements for the same provider', () => {
    const { patch } = ask(list(trusting({ StringEquals: { [SUB]: WEB }, ...GUARD })), from('203.0.113.9'));
    expect(patch).toEqual([
      {
        op: 'add',
        path: '/Statement/-',
        value: { ...exactly(API), Condition: { ...exactly(API).Condition, ...GUARD } },
      },
    ]);
  });
});
