// What is said of policies and requests that cannot be read or decided, and what fails first in a statement, word for word.
import { describe, expect, it } from 'vitest';
import { Effort } from '../../src/diagnosis/policy/effort.ts';
import { explain } from '../../src/diagnosis/policy/explain.ts';
import { parseRequest } from '../../src/diagnosis/policy/request.ts';
import { readStrictJson } from '../../src/diagnosis/policy/strict-json.ts';
import {
  anyPodRequest,
  ownerOfProviders,
  partitionOf,
  podIdentityRequest,
  tokenRequest,
} from '../../src/diagnosis/policy/token-request.ts';
import { readTrustPolicy } from '../../src/diagnosis/policy/trust-policy.ts';

const USER = 'arn:aws:iam::111122223333:user/Bob';
const request = (more: object = {}) =>
  parseRequest(
    JSON.stringify({
      action: 'sts:AssumeRole',
      principal: { type: 'AWS', value: USER },
      context: {},
      ...more,
    }),
  );
const allowing = (more: object) => ({
  Effect: 'Allow',
  Principal: { AWS: USER },
  Action: 'sts:AssumeRole',
  ...more,
});
const explained = (document: unknown, more: object = {}) =>
  explain(readTrustPolicy(JSON.stringify(document)), request(more));
const list = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });

describe('text that is read strictly', () => {
  it.each([
    ['[1, {"a": "]"}]', []],
    ['{"a": 1, "b": {"a": 2}}', []],
    ['{"a": 1, "a": 2}', ['a']],
    ['{"a": {"b": 1, "b": 2}, "a": 3, "a": 4}', ['b', 'a']],
    ['[{"a": 1}, {"a": 2}]', []],
    ['{"\\u0061": 1, "a": 2}', ['a']],
    ['{"a\\"": ":", "b": [{"c": 1}, {"c": 2}]}', []],
  ])('%s has the names %j twice', (text, duplicates) => {
    expect(readStrictJson(text, 'policy')).toEqual({ value: JSON.parse(text), duplicates });
  });

  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  it.each<[string, string, string]>([
    ['larger than 64 KiB', `"${'x'.repeat(65_535)}"`, 'the policy is larger than 64 KiB'],
    ['larger than that in bytes', `"${'é'.repeat(32_768)}"`, 'the policy is larger than 64 KiB'],
    ['nested deeper than 24', nested(25), 'the policy is nested more than 24 deep'],
    ['no JSON', '{"a": }', 'the policy is not JSON'],
    ['no JSON but a string', '"', 'the policy is not JSON'],
  ])('is refused where it is %s', (_claim, text, message) => {
    expect(() => readStrictJson(text, 'policy')).toThrow(
      expect.objectContaining({ code: 'policy-refused', message }),
    );
  });

  it.each([
    ['of 64 KiB', `"${'x'.repeat(65_534)}"`],
    ['nested 24 deep', nested(24)],
    ['with brackets in its strings', `"${'['.repeat(100)}"`],
    ['with as many brackets beside each other', `[${Array(100).fill('[]').join()}]`],
  ])('is taken %s', (_claim, text) => {
    expect(readStrictJson(text, 'request').value).toEqual(JSON.parse(text));
  });
});

describe('a request', () => {
  const of = (value: unknown) => () =>
    parseRequest(typeof value === 'string' ? value : JSON.stringify(value));
  const sound = { action: 'sts:AssumeRole', principal: { type: 'AWS', value: USER } };

  it('is read with one action or several, and one value or several', () => {
    const { actions, context, principal, mayHave } = parseRequest(
      JSON.stringify({
        ...sound,
        action: ['sts:AssumeRole', 'sts:TagSession'],
        context: { a: 'x', b: [1, true] },
      }),
    );
    expect([actions, [...context], principal]).toEqual([
      ['sts:AssumeRole', 'sts:TagSession'],
      [
        ['a', ['x']],
        ['b', ['1', 'true']],
      ],
      { type: 'AWS', value: USER },
    ]);
    expect(mayHave('aws:anything')).toBe(false);
    expect(parseRequest(JSON.stringify(sound)).context.size).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ['no object', [], 'the request is not an object'],
    ['null', 'null', 'the request is not an object'],
    [
      'more than it may have',
      { ...sound, resource: 'x' },
      'the request has a member "resource": it takes action, principal and context',
    ],
    ['a name twice', '{"action": 1, "action": 2}', 'the request has "action" twice in one object'],
    [
      'no action',
      { ...sound, action: [] },
      'the request has no "action" such as "sts:AssumeRoleWithWebIdentity", or a list of such',
    ],
    [
      'an action with a wildcard',
      { ...sound, action: 'sts:*' },
      'the request has no "action" such as "sts:AssumeRoleWithWebIdentity", or a list of such',
    ],
    [
      'an action without a service',
      { ...sound, action: 'AssumeRole' },
      'the request has no "action" such as "sts:AssumeRoleWithWebIdentity", or a list of such',
    ],
    [
      'text around an action',
      { ...sound, action: ' sts:AssumeRole' },
      'the request has no "action" such as "sts:AssumeRoleWithWebIdentity", or a list of such',
    ],
    [
      'no principal',
      { action: 'sts:AssumeRole' },
      'the request has no "principal" with a type (Federated, AWS or Service) and a value without wildcards',
    ],
    [
      'a principal of no type',
      { ...sound, principal: { type: 'User', value: 'x' } },
      'the request has no "principal" with a type (Federated, AWS or Service) and a value without wildcards',
    ],
    [
      'a principal without a value',
      { ...sound, principal: { type: 'AWS', value: '' } },
      'the request has no "principal" with a type (Federated, AWS or Service) and a value without wildcards',
    ],
    [
      'a principal with a wildcard',
      { ...sound, principal: { type: 'AWS', value: '*' } },
      'the request has no "principal" with a type (Federated, AWS or Service) and a value without wildcards',
    ],
    [
      'a context that is a list',
      { ...sound, context: [] },
      'the request has a "context" that is not an object',
    ],
    [
      'a value that is an object',
      { ...sound, context: { a: {} } },
      'the request has a context key "a" that is neither a value nor a list of values',
    ],
    [
      'a value among values that is null',
      { ...sound, context: { a: ['x', null] } },
      'the request has a context key "a" that is neither a value nor a list of values',
    ],
    [
      'a key twice',
      { ...sound, context: { a: 'x', A: 'y' } },
      'the request has the context key "A" twice, in different case',
    ],
  ])('is refused that has %s', (_claim, value, message) => {
    expect(of(value)).toThrow(expect.objectContaining({ code: 'request-refused', message }));
  });
});

describe('a request that pods make', () => {
  const token = (issuer: string) =>
    tokenRequest({
      subject: 's',
      issuer,
      audience: 'a',
      owner: { partition: partitionOf(issuer), account: '111122223333' },
    });

  it('is that of a token, by its issuer without scheme and slash, in its partition', () => {
    const { actions, principal, context, mayHave } = token('https://oidc.eks.us-west-2.amazonaws.com/id/A//');
    const provider = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/A';
    expect([actions, principal, Object.fromEntries(context)]).toEqual([
      ['sts:AssumeRoleWithWebIdentity'],
      { type: 'Federated', value: provider },
      {
        'oidc.eks.us-west-2.amazonaws.com/id/A:sub': ['s'],
        'oidc.eks.us-west-2.amazonaws.com/id/A:aud': ['a'],
        'aws:FederatedProvider': [provider],
      },
    ]);
    const keys = [
      'aws:SourceIp',
      'STS:ExternalId',
      'OIDC.eks.us-west-2.amazonaws.com/id/A:amr',
      'oidc.eks.us-west-2.amazonaws.com/id/B:sub',
      'ec2:Vpc',
    ];
    expect(keys.map(mayHave)).toEqual([true, true, true, false, false]);
    expect(token('oidc.eks.cn-north-1.amazonaws.com.cn/id/A').principal.value).toMatch(/^arn:aws-cn:iam::/);
    expect(token('oidc.eks.us-gov-west-1.amazonaws.com/id/A').principal.value).toMatch(
      /^arn:aws-us-gov:iam::/,
    );
  });

  it('has the partition of the policy, whatever issuer is used in it', () => {
    const provider = 'arn:aws-cn:iam::111122223333:oidc-provider/oidc.example.com';
    const { policy } = readTrustPolicy(
      JSON.stringify(list(allowing({ Principal: { Federated: provider } }))),
    );
    const owner = ownerOfProviders(policy, 'oidc.example.com');
    expect(owner).toEqual({ partition: 'aws-cn', account: '111122223333' });
  });

  it('is that of an association, with the tags that EKS sets', () => {
    const { actions, principal, context, mayHave } = podIdentityRequest({
      namespace: 'n',
      serviceAccount: 's',
      cluster: 'arn:aws:eks:us-west-2:111122223333:cluster/prod',
    });
    expect([actions, principal]).toEqual([
      ['sts:AssumeRole', 'sts:TagSession'],
      { type: 'Service', value: 'pods.eks.amazonaws.com' },
    ]);
    expect(Object.fromEntries(context)).toEqual({
      'aws:RequestTag/eks-cluster-arn': ['arn:aws:eks:us-west-2:111122223333:cluster/prod'],
      'aws:RequestTag/eks-cluster-name': ['prod'],
      'aws:RequestTag/kubernetes-namespace': ['n'],
      'aws:RequestTag/kubernetes-service-account': ['s'],
      'aws:TagKeys': [
        'eks-cluster-arn',
        'eks-cluster-name',
        'kubernetes-namespace',
        'kubernetes-service-account',
        'kubernetes-pod-name',
        'kubernetes-pod-uid',
      ],
    });
    const keys = [
      'aws:RequestTag/kubernetes-pod-name',
      'AWS:requesttag/Kubernetes-Pod-UID',
      'aws:RequestTag/team',
      'aws:SourceArn',
      'x:y',
    ];
    expect(keys.map(mayHave)).toEqual([true, true, false, true, false]);
    expect([anyPodRequest().context.size, anyPodRequest().mayHave('anything')]).toEqual([0, true]);
  });

  it.each<[string, string[], string | null]>([
    [
      'its own provider',
      [
        'arn:aws:iam::111122223333:oidc-provider/a.example/id/A',
        'arn:aws:iam::444455556666:oidc-provider/b.example/id/B',
      ],
      '111122223333',
    ],
    [
      'its own provider with https://',
      ['arn:aws:iam::111122223333:oidc-provider/https://a.example/id/A'],
      '111122223333',
    ],
    ['the only account', ['arn:aws:iam::444455556666:oidc-provider/b.example/id/B'], '444455556666'],
    [
      'no account of several',
      [
        'arn:aws:iam::444455556666:oidc-provider/b.example/id/B',
        'arn:aws:iam::111122223333:oidc-provider/c.example/id/C',
      ],
      null,
    ],
    ['no account of no provider', ['cognito-identity.amazonaws.com'], null],
  ])('is of the account of %s', (_claim, Federated, account) => {
    const { policy } = readTrustPolicy(JSON.stringify(list(allowing({ Principal: { Federated } }))));
    expect(ownerOfProviders(policy, 'https://a.example/id/A')?.account ?? null).toBe(account);
  });
});

describe('what is not known', () => {
  const KEY = 'aws:SourceIp';
  it.each<[string, object, object, unknown[]]>([
    [
      'an operator',
      { StringMatches: { [KEY]: 'x' } },
      { [KEY]: 'x' },
      ['operator-unknown', KEY, 'unknown condition operator StringMatches'],
    ],
    [
      'a value',
      { StringEquals: { [KEY]: null } },
      { [KEY]: 'x' },
      [
        'value-unknown',
        KEY,
        `the condition on ${KEY} has no value, or one that is not a text, number or boolean`,
      ],
    ],
    [
      'no value',
      { StringEquals: { [KEY]: [] } },
      { [KEY]: 'x' },
      [
        'value-unknown',
        KEY,
        `the condition on ${KEY} has no value, or one that is not a text, number or boolean`,
      ],
    ],
    [
      'several values',
      { StringEquals: { [KEY]: 'x' } },
      { [KEY.toUpperCase()]: ['x', 'y'] },
      [
        'several-values',
        KEY,
        `${KEY} has several values, which need ForAnyValue or ForAllValues before StringEquals`,
      ],
    ],
    [
      'a comparison',
      { IpAddress: { [KEY]: 'x' } },
      { [KEY]: 'x' },
      ['value-unknown', KEY, `a value of ${KEY}, or a variable in it, can't be compared under IpAddress`],
    ],
  ])('is told of %s', (_claim, condition, context, [id, key, message]) => {
    const { decision, warnings } = explained(list(allowing({ Condition: condition })), { context });
    expect([decision, warnings]).toEqual([
      'unknown',
      expect.arrayContaining([{ id, statement: 0, key, message }]),
    ]);
  });

  it('is told of a key that the request may have', () => {
    const document = list({
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: '*',
      Condition: { StringEquals: { [KEY]: 'x' } },
    });
    const { decision, warnings } = explain(readTrustPolicy(JSON.stringify(document)), anyPodRequest());
    expect([decision, warnings]).toEqual([
      'unknown',
      expect.arrayContaining([
        { id: 'key-not-given', statement: 0, key: KEY, message: `the request does not say what ${KEY} is` },
      ]),
    ]);
  });

  it('is told of an action that is none', () => {
    const { warnings } = explained(list(allowing({ Action: 'AssumeRole' })));
    expect(warnings).toEqual([
      {
        id: 'action-unknown',
        statement: 0,
        message: 'the statement has no action, or one that IAM would not take',
      },
    ]);
  });

  it('is told of a principal', () => {
    const { warnings } = explained(
      list(allowing({ Principal: { AWS: 'arn:aws:iam::111122223333:user/*' } })),
    );
    expect(warnings).toEqual([
      {
        id: 'principal-unknown',
        statement: 0,
        message:
          'whether the principal of the statement covers this one does not follow from what AWS documents',
      },
    ]);
  });

  it.each<[string, unknown, unknown]>([
    ['no object', [], [null, 'Statement', 'the document is not an object', []]],
    [
      'another element',
      { ...list(allowing({})), Extra: 1 },
      [null, 'Extra', 'a policy has no element "Extra"', 1],
    ],
    [
      'another version',
      { ...list(allowing({})), Version: '2020-01-01' },
      [null, 'Version', 'Version is neither 2012-10-17 nor 2008-10-17', '2020-01-01'],
    ],
    ['an Id that is none', { ...list(allowing({})), Id: 1 }, [null, 'Id', 'Id is not text', 1]],
    ['no statement', { Version: '2012-10-17' }, [null, 'Statement', 'the policy has no statement', null]],
    ['no statements', list(), [null, 'Statement', 'the policy has no statement', []]],
    [
      'one Sid twice',
      list(allowing({ Sid: 'a' }), allowing({ Sid: 'b' }), allowing({ Sid: 'a' })),
      [null, 'Sid', 'two statements have one Sid', 'a'],
    ],
    ['a statement that is none', list('x'), [0, 'Statement', 'the statement is not an object', 'x']],
    [
      'a resource',
      list(allowing({ Resource: '*' })),
      [0, 'Resource', 'a trust policy has no Resource: the role it is attached to is the resource', '*'],
    ],
    [
      'no resource',
      list(allowing({ NotResource: '*' })),
      [
        0,
        'NotResource',
        'a trust policy has no NotResource: the role it is attached to is the resource',
        '*',
      ],
    ],
    [
      'another element of a statement',
      list(allowing({ Extra: 1 })),
      [0, 'Extra', 'a statement has no element "Extra"', 1],
    ],
    ['a Sid that is none', list(allowing({ Sid: 1 })), [0, 'Sid', 'Sid is not text', 1]],
    [
      'another effect',
      list(allowing({ Effect: 'allow' })),
      [0, 'Effect', 'Effect is neither Allow nor Deny', 'allow'],
    ],
    [
      'no effect',
      list({ Principal: '*', Action: '*' }),
      [0, 'Effect', 'Effect is neither Allow nor Deny', null],
    ],
    [
      'both principals',
      list(allowing({ NotPrincipal: '*' })),
      [0, 'NotPrincipal', 'the statement has Principal and NotPrincipal', '*'],
    ],
    [
      'no principal',
      list({ Effect: 'Allow', Action: '*' }),
      [0, 'Principal', 'the statement has neither Principal nor NotPrincipal', null],
    ],
    [
      'both actions',
      list(allowing({ NotAction: 'x' })),
      [0, 'NotAction', 'the statement has Action and NotAction', 'x'],
    ],
    [
      'no action',
      list({ Effect: 'Allow', Principal: '*' }),
      [0, 'Action', 'the statement has neither Action nor NotAction', null],
    ],
    [
      'a principal that is text',
      list(allowing({ Principal: 'x' })),
      [0, 'Principal', 'Principal is neither "*" nor an object', 'x'],
    ],
    [
      'a type that is none',
      list(allowing({ Principal: { User: 'x' } })),
      [0, 'Principal', 'unknown principal type "User"', { User: 'x' }],
    ],
    [
      'a principal that is a number',
      list(allowing({ Principal: { AWS: 1 } })),
      [0, 'Principal', 'Principal has a AWS that is neither text nor a list of texts', { AWS: 1 }],
    ],
    [
      'an action that is a number',
      list(allowing({ Action: [1] })),
      [0, 'Action', 'Action is neither text nor a list of texts', [1]],
    ],
    [
      'conditions that are a list',
      list(allowing({ Condition: [] })),
      [0, 'Condition', 'Condition is not an object', []],
    ],
    [
      'a block that is text',
      list(allowing({ Condition: { StringEquals: 'x' } })),
      [0, 'Condition', 'the value of StringEquals is not an object', { StringEquals: 'x' }],
    ],
  ])('is told of a document with %s', (_claim, document, fault) => {
    const [statement, element, message, actual] = fault as [number | null, string, string, unknown];
    const { decision, failures, warnings } = explained(document);
    expect(decision).toBe('unknown');
    expect(failures[0]).toEqual({ statement, element, operator: null, key: null, expected: null, actual });
    expect(warnings[0]).toEqual({ id: 'invalid-policy', statement, message });
  });

  it('is told of a name that stands twice', () => {
    const text = JSON.stringify(list(allowing({}))).replace('"Effect"', '"Sid": "a", "Sid": "b", "Effect"');
    const { failures, warnings } = explain(readTrustPolicy(text), request());
    expect([failures[0]?.element, warnings[0]?.message]).toEqual([
      'Sid',
      '"Sid" appears twice in one object',
    ]);
  });
});

describe('what fails first', () => {
  it.each<[string, object, object, unknown[]]>([
    [
      'the principal',
      { Principal: { AWS: 'arn:aws:iam::111122223333:user/Ann' } },
      {},
      ['Principal', null, null, { AWS: 'arn:aws:iam::111122223333:user/Ann' }, { AWS: USER }],
    ],
    [
      'the action',
      { Action: ['sts:TagSession'] },
      {},
      ['Action', null, null, ['sts:TagSession'], 'sts:AssumeRole'],
    ],
    [
      'a condition',
      { Condition: { StringEquals: { a: 'x' } } },
      { context: { A: 'y' } },
      ['Condition', 'StringEquals', 'a', 'x', 'y'],
    ],
    [
      'a condition of several',
      { Condition: { 'ForAnyValue:StringEquals': { a: ['x'] } } },
      { context: { a: ['y', 'z'] } },
      ['Condition', 'ForAnyValue:StringEquals', 'a', ['x'], ['y', 'z']],
    ],
    [
      'a condition without its key',
      { Condition: { StringEquals: { a: 'x' } } },
      {},
      ['Condition', 'StringEquals', 'a', 'x', null],
    ],
    [
      'the second condition',
      { Condition: { StringEquals: { a: 'x', b: 'y' } } },
      { context: { a: 'x' } },
      ['Condition', 'StringEquals', 'b', 'y', null],
    ],
  ])('is %s', (_claim, more, asked, [element, operator, key, expected, actual]) => {
    expect(explained(list(allowing(more)), asked).failures).toEqual([
      { statement: 0, element, operator, key, expected, actual },
    ]);
  });

  it('is told of each statement in order, and not of one that allows another action', () => {
    const twice = list(
      allowing({ Action: 'sts:AssumeRole' }),
      allowing({ Action: 'sts:TagSession' }),
      allowing({ Action: 'sts:SetSourceIdentity' }),
    );
    const both = explained(twice, { action: ['sts:AssumeRole', 'sts:TagSession'] });
    expect([both.decision, both.statement, both.failures.map(({ statement }) => statement)]).toEqual([
      'allowed',
      0,
      [2],
    ]);
    const none = explained(twice, { action: 'sts:AssumeRoleWithSAML' });
    expect(none.failures.map(({ statement }) => statement)).toEqual([0, 1, 2]);
  });
});

it('effort that is used up is refused, and not before', () => {
  const effort = new Effort(10);
  effort.spend(10);
  expect(() => effort.spend(1)).toThrow(
    expect.objectContaining({
      code: 'policy-refused',
      message:
        'the policy takes too long to evaluate: its wildcards are made to be slow, or it has too many values',
    }),
  );
});

describe('a policy as people have it', () => {
  const policy = list(allowing({}));
  const arn = 'arn:aws:iam::111122223333:role/api';
  it.each<[string, unknown, string | null]>([
    ['alone', policy, null],
    ['as get-role prints it', { Role: { Arn: arn, AssumeRolePolicyDocument: policy } }, '111122223333'],
    ['as a role of a list', { Arn: arn, AssumeRolePolicyDocument: policy }, '111122223333'],
    ['with an ARN that is none', { Arn: 'x', AssumeRolePolicyDocument: policy }, null],
    [
      'as text within',
      { Role: { Arn: arn, AssumeRolePolicyDocument: JSON.stringify(policy) } },
      '111122223333',
    ],
    [
      'URL-encoded within',
      { Role: { Arn: arn, AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(policy)) } },
      '111122223333',
    ],
    ['as text', JSON.stringify(policy), null],
  ])('is read %s', (_claim, written, account) => {
    const read = readTrustPolicy(JSON.stringify(written));
    expect([read.document, read.owner?.account ?? null]).toEqual([policy, account]);
  });

  it('is read URL-encoded, and refused where that is broken', () => {
    const encoded = encodeURIComponent(JSON.stringify(policy));
    expect(readTrustPolicy(` ${encoded}\n`).document).toEqual(policy);
    expect(readTrustPolicy(encoded.toLowerCase().replace('%7b', '%7b')).policy.faults.length).toBeGreaterThan(
      0,
    );
    expect(() => readTrustPolicy('%7B%')).toThrow(
      expect.objectContaining({
        code: 'policy-refused',
        message: 'the policy is neither JSON nor URL-encoded JSON',
      }),
    );
  });
});
