// How an explanation of a trust policy reads: the decision first, then what did not match, warnings and the change, all escaped.
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/diagnosis/policy/explain.ts';
import { parseRequest } from '../../src/diagnosis/policy/request.ts';
import { readTrustPolicy } from '../../src/diagnosis/policy/trust-policy.ts';
import { trustPolicyText } from '../../src/report/trust-policy-text.ts';

const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;

function told(
  statement: object,
  { sub = 'system:serviceaccount:payments:api', ...more }: Record<string, string> = {},
): string {
  const document = { Version: '2012-10-17', Statement: [{ ...TRUSTING, ...statement }] };
  const request = parseRequest(
    JSON.stringify({
      action: 'sts:AssumeRoleWithWebIdentity',
      principal: { type: 'Federated', value: PROVIDER },
      context: { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: 'sts.amazonaws.com', ...more },
    }),
  );
  return trustPolicyText(explain(readTrustPolicy(JSON.stringify(document)), request), request);
}

const TRUSTING = {
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
};
const condition = (sub: string) => ({
  Condition: { StringEquals: { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } },
});

describe('an explanation as text', () => {
  it('says what did not match, and the change as a patch and as the whole policy', () => {
    expect(told(condition('system:serviceaccount:payments:web'))).toBe(
      `denied: no statement allows sts:AssumeRoleWithWebIdentity

  asked by   Federated ${PROVIDER}
  to do      sts:AssumeRoleWithWebIdentity
  with       ${ISSUER}:sub = "system:serviceaccount:payments:api"
             ${ISSUER}:aud = "sts.amazonaws.com"

statement 0 does not match: Condition StringEquals ${ISSUER}:sub
  expected   "system:serviceaccount:payments:web"
  actual     "system:serviceaccount:payments:api"

The smallest change that admits this request and nobody else, as a JSON patch of the policy
[
  {
    "op": "replace",
    "path": "/Statement/0/Condition/StringEquals/oidc.eks.us-west-2.amazonaws.com~1id~1EXAMPLE:sub",
    "value": [
      "system:serviceaccount:payments:web",
      "system:serviceaccount:payments:api"
    ]
  }
]

The policy with it
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "${PROVIDER}"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "${ISSUER}:sub": [
            "system:serviceaccount:payments:web",
            "system:serviceaccount:payments:api"
          ],
          "${ISSUER}:aud": "sts.amazonaws.com"
        }
      }
    }
  ]
}

This is what the trust policy alone says. Service and resource control policies, permissions boundaries, the caller's own
policies and whether the token is valid were not looked at.
`,
    );
  });

  it('names the statement that admits, and warns of what it admits too', () => {
    const text = told({});
    expect(text).toMatch(/^allowed: statement 0 admits this request\n/);
    expect(text).toMatch(/\nWarnings\n {2}statement 0: .*\(no-subject\)\n/);
    expect(text).not.toMatch(/smallest change|The policy with it|does not match/);
  });

  it('names the statement that denies explicitly', () => {
    expect(told({ Effect: 'Deny' })).toMatch(/^denied: statement 0 denies this request explicitly\n/);
  });

  it('says what is not known', () => {
    const text = told({ Condition: { StringMatches: { [`${ISSUER}:sub`]: 'x' } } });
    expect(text).toMatch(
      /^unknown: what is known does not decide whether the policy allows sts:AssumeRoleWithWebIdentity/,
    );
    expect(text).toMatch(/\nWarnings\n/);
  });

  it('says nothing for what a request does not have', () => {
    const text = told({ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } } });
    expect(text).toMatch(/does not match: Condition StringEquals aws:SourceVpc\n.*\n {2}actual {5}nothing\n/);
  });

  it('escapes what a terminal would take for a command', () => {
    const text = told(
      { ...condition('system:\u001b[2Jx'), Sid: '\u202e' },
      { sub: '\u0007\u001b]0;x', '\u001bkey': '\u009b1m' },
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('system:');
  });
});
