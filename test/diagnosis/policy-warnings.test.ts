// What a policy is warned of, word for word, and that what is sound is warned of nothing.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like templates
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/diagnosis/policy/explain.ts';
import type { TrustRequest } from '../../src/diagnosis/policy/request.ts';
import { podIdentityRequest, tokenRequest } from '../../src/diagnosis/policy/token-request.ts';
import { readTrustPolicy } from '../../src/diagnosis/policy/trust-policy.ts';

const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/ONE';
const OTHER = 'oidc.eks.us-west-2.amazonaws.com/id/TWO';
const provider = (issuer: string) => `arn:aws:iam::111122223333:oidc-provider/${issuer}`;
const SUB = `${ISSUER}:sub`;
const AUD = `${ISSUER}:aud`;
const API = 'system:serviceaccount:payments:api';
const BOUND = { [SUB]: API, [AUD]: 'sts.amazonaws.com' };
const TOKEN = tokenRequest({
  subject: API,
  issuer: ISSUER,
  audience: 'sts.amazonaws.com',
  owner: { partition: 'aws', account: '111122223333' },
});
const POD = podIdentityRequest({
  namespace: 'payments',
  serviceAccount: 'api',
  cluster: 'arn:aws:eks:us-west-2:111122223333:cluster/prod',
});

function warned(statements: object[], request: TrustRequest = TOKEN, version = '2012-10-17') {
  const document = { Version: version, Statement: statements };
  return explain(readTrustPolicy(JSON.stringify(document)), request).warnings.map(
    ({ id, statement, key, message }) => [id, statement, key ?? null, message],
  );
}

const trusting = (condition: object | null, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: provider(ISSUER) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  ...(condition === null ? {} : { Condition: condition }),
  ...more,
});
const pods = (condition: object | null, action: unknown = ['sts:AssumeRole', 'sts:TagSession']) => ({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: action,
  ...(condition === null ? {} : { Condition: condition }),
});

const NO_SUBJECT = ['no-subject', 0, null, 'admits every subject of the provider: no condition on its sub'];
const NO_AUDIENCE = [
  'no-audience',
  0,
  null,
  'admits tokens for every audience that the provider lists: no condition on its aud',
];

describe('a policy for tokens', () => {
  it.each<[string, object, unknown[][]]>([
    ['that is sound', trusting({ StringEquals: BOUND }), []],
    [
      'that is sound by keys in another case',
      trusting({ StringEquals: { [SUB.toUpperCase()]: API, [AUD]: 'x' } }),
      [],
    ],
    ['that is sound by ignoring case', trusting({ StringEqualsIgnoreCase: { [SUB]: API, [AUD]: 'x' } }), []],
    ['without conditions', trusting(null), [NO_SUBJECT, NO_AUDIENCE]],
    ['without a subject', trusting({ StringEquals: { [AUD]: 'x' } }), [NO_SUBJECT]],
    ['without an audience', trusting({ StringEquals: { [SUB]: API } }), [NO_AUDIENCE]],
    [
      'that only excludes a subject',
      trusting({ StringNotEquals: { [SUB]: API }, StringEquals: { [AUD]: 'x' } }),
      [NO_SUBJECT],
    ],
    [
      'that lets a subject be absent',
      trusting({ StringEqualsIfExists: { [SUB]: API }, StringEquals: { [AUD]: 'x' } }),
      [['if-exists', 0, SUB, `StringEqualsIfExists also admits tokens without ${SUB}`], NO_SUBJECT],
    ],
    [
      'that takes all of nothing',
      trusting({ 'ForAllValues:StringEquals': { [SUB]: API }, StringEquals: { [AUD]: 'x' } }),
      [
        [
          'for-all-values',
          0,
          SUB,
          `ForAllValues:StringEquals also admits requests without ${SUB}; a Null condition of false would not`,
        ],
        NO_SUBJECT,
      ],
    ],
    [
      'that takes all of something',
      trusting({
        'ForAllValues:StringEquals': { [SUB]: API },
        Null: { [SUB]: 'false' },
        StringEquals: { [AUD]: 'x' },
      }),
      [NO_SUBJECT],
    ],
    [
      'with any ServiceAccount of a namespace',
      trusting({ StringLike: { [SUB]: 'system:serviceaccount:payments:*' }, StringEquals: { [AUD]: 'x' } }),
      [
        [
          'broad-subject',
          0,
          SUB,
          'system:serviceaccount:payments:* admits any ServiceAccount of payments that fits',
        ],
      ],
    ],
    [
      'with namespaces by a pattern',
      trusting({ StringLike: { [SUB]: 'system:serviceaccount:pay?:api' }, StringEquals: { [AUD]: 'x' } }),
      [
        [
          'broad-subject',
          0,
          SUB,
          'system:serviceaccount:pay?:api admits ServiceAccounts of any namespace that fits',
        ],
      ],
    ],
    [
      'with any subject',
      trusting({ StringLike: { [SUB]: '*' }, StringEquals: { [AUD]: 'x' } }),
      [['broad-subject', 0, SUB, '* admits ServiceAccounts of any namespace that fits']],
    ],
    [
      'with a pattern that is none',
      trusting({ StringLike: { [SUB]: API }, StringEquals: { [AUD]: 'x' } }),
      [
        [
          'like-without-wildcard',
          0,
          SUB,
          `StringLike on ${SUB} has no wildcard: StringEquals says the same and can't widen by accident`,
        ],
      ],
    ],
    [
      'with an escaped wildcard',
      trusting({ StringLike: { [SUB]: 'a${*}' }, StringEquals: { [AUD]: 'x' } }),
      [
        [
          'like-without-wildcard',
          0,
          SUB,
          `StringLike on ${SUB} has no wildcard: StringEquals says the same and can't widen by accident`,
        ],
      ],
    ],
    [
      'with a wildcard in an equality',
      trusting({ StringEquals: { [SUB]: ['a', 'b*'], [AUD]: 'x' } }),
      [
        [
          'wildcard-in-equals',
          0,
          SUB,
          'StringEquals takes the wildcard in b* as a plain character; StringLike would not',
        ],
      ],
    ],
    [
      'of another cluster',
      trusting(
        { StringEquals: { [`${OTHER}:sub`]: API, [`${OTHER}:aud`]: 'x' } },
        { Principal: { Federated: provider(OTHER) } },
      ),
      [['other-cluster', 0, null, `trusts ${OTHER}, and the request's token is of ${ISSUER}`]],
    ],
    [
      'with keys of another cluster',
      trusting({ StringEquals: { [`${OTHER}:sub`]: API, [AUD]: 'x' } }),
      [
        ['other-cluster', 0, `${OTHER}:sub`, `the condition is on ${OTHER}, and the provider is ${ISSUER}`],
        NO_SUBJECT,
      ],
    ],
    [
      'with keys with https://',
      trusting({ StringEquals: { [`https://${SUB}`]: API, [AUD]: 'x' } }),
      [
        [
          'issuer-form',
          0,
          `https://${SUB}`,
          `the key https://${SUB} never occurs: IAM writes issuers without https:// and without a slash at the end`,
        ],
        NO_SUBJECT,
      ],
    ],
    [
      'with a provider with a slash',
      trusting({ StringEquals: BOUND }, { Principal: { Federated: provider(`${ISSUER}/`) } }),
      [
        [
          'issuer-form',
          0,
          null,
          `the provider ${ISSUER}/ has https:// or a slash at its end, which IAM leaves off`,
        ],
        [
          'issuer-form',
          0,
          SUB,
          `the key ${SUB} never occurs: IAM writes issuers without https:// and without a slash at the end`,
        ],
        [
          'issuer-form',
          0,
          AUD,
          `the key ${AUD} never occurs: IAM writes issuers without https:// and without a slash at the end`,
        ],
        NO_SUBJECT,
        NO_AUDIENCE,
      ],
    ],
    [
      'of a provider that is no issuer',
      trusting(null, { Principal: { Federated: 'cognito-identity.amazonaws.com' } }),
      [],
    ],
    ['that only denies', trusting(null, { Effect: 'Deny' }), []],
    ['that is for another action', trusting(null, { Action: 'sts:AssumeRole' }), []],
  ])('%s', (_claim, statement, warnings) => {
    expect(warned([statement])).toEqual(warnings);
  });

  it('without variables says that they are not expanded', () => {
    const statement = trusting({ StringEquals: { [SUB]: '${aws:username}', [AUD]: 'x' } });
    expect(warned([statement], TOKEN, '2008-10-17')).toEqual([
      [
        'variables-not-expanded',
        0,
        SUB,
        `a policy variable on ${SUB} is plain text without Version 2012-10-17`,
      ],
    ]);
    expect(warned([trusting({ StringEquals: BOUND })], TOKEN, '2008-10-17')).toEqual([]);
  });

  it('is warned of by statement', () => {
    expect(warned([trusting({ StringEquals: BOUND }), trusting(null)]).map(([id, at]) => [id, at])).toEqual([
      ['no-subject', 1],
      ['no-audience', 1],
    ]);
  });
});

describe('a policy for anybody', () => {
  const EVERYBODY = [
    'everybody',
    0,
    null,
    'admits every principal of every account, as far as its conditions let it',
  ];
  it.each<[string, object, unknown[][]]>([
    ['by *', { Effect: 'Allow', Principal: '*', Action: 'sts:GetCallerIdentity' }, [EVERYBODY]],
    [
      'by * of AWS',
      { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: 'sts:GetCallerIdentity' },
      [EVERYBODY],
    ],
    ['denied', { Effect: 'Deny', Principal: '*', NotAction: 'sts:GetCallerIdentity' }, []],
    [
      'but some',
      {
        Effect: 'Allow',
        NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'sts:GetCallerIdentity',
      },
      [
        [
          'not-principal',
          0,
          null,
          'admits everybody but those named; AWS does not support NotPrincipal with Allow',
        ],
      ],
    ],
    [
      'to do anything but',
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        NotAction: 'sts:GetCallerIdentity',
      },
      [['not-action', 0, null, 'admits every action but those named']],
    ],
  ])('%s', (_claim, statement, warnings) => {
    expect(warned([statement])).toEqual(warnings);
  });
});

describe('a policy for Pod Identity', () => {
  const unbound = (what: string) => [
    'pod-identity-unbound',
    0,
    null,
    `any pod with an association may use the role: no condition binds it to a ${what}`,
  ];
  const UNTAGGED = [
    'pod-identity-no-tag-session',
    0,
    null,
    'EKS tags the sessions of Pod Identity, which needs sts:TagSession beside sts:AssumeRole',
  ];
  const tag = (name: string) => `aws:RequestTag/${name}`;

  it.each<[string, object[], unknown[][]]>([
    ['without conditions', [pods(null)], [unbound('cluster, account, namespace')]],
    [
      'without TagSession',
      [pods(null, 'sts:AssumeRole')],
      [unbound('cluster, account, namespace'), UNTAGGED],
    ],
    [
      'with TagSession in a statement of its own',
      [
        pods(
          { StringEquals: { [tag('eks-cluster-arn')]: 'x', [tag('kubernetes-namespace')]: 'y' } },
          'sts:AssumeRole',
        ),
        pods(null, 'sts:TagSession'),
      ],
      [],
    ],
    [
      'of a cluster',
      [pods({ ArnEquals: { 'aws:SourceArn': 'arn:aws:eks:us-west-2:111122223333:cluster/prod' } })],
      [unbound('namespace')],
    ],
    [
      'of a cluster by name',
      [pods({ StringEquals: { [tag('eks-cluster-name')]: 'prod' } })],
      [unbound('namespace')],
    ],
    [
      'of an account',
      [pods({ StringEquals: { 'aws:SourceAccount': '111122223333' } })],
      [unbound('cluster, namespace')],
    ],
    [
      'of a namespace',
      [pods({ StringEquals: { [tag('kubernetes-namespace')]: 'x' } })],
      [unbound('cluster, account')],
    ],
    [
      'of all',
      [pods({ StringEquals: { [tag('eks-cluster-arn')]: 'x', [tag('kubernetes-namespace')]: 'y' } })],
      [],
    ],
    [
      'of all but one',
      [pods({ StringNotEquals: { [tag('eks-cluster-arn')]: 'x', [tag('kubernetes-namespace')]: 'y' } })],
      [unbound('cluster, account, namespace')],
    ],
    [
      'of another service',
      [{ ...pods(null, 'sts:AssumeRole'), Principal: { Service: 'ec2.amazonaws.com' } }],
      [],
    ],
  ])('%s', (_claim, statements, warnings) => {
    const ofPods = warned(statements, POD).filter(([id]) => id !== 'key-not-given');
    expect(ofPods).toEqual(warnings);
  });
});
