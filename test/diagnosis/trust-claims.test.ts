// What is said of a trust policy is what keeps the workload out, and no more than the policy and the attempt prove.
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Attempt, Facts } from '../../src/diagnosis/facts.ts';
import { type Report, reportOf } from '../../src/diagnosis/report.ts';
import { CAUSE_FIXTURES, ISSUER, ROLE } from './cause-fixtures.ts';

const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const OTHER = PROVIDER.replace(ISSUER, 'oidc.eks.us-west-2.amazonaws.com/id/OTHER');
const [SUB, AUD] = [`${ISSUER}:sub`, `${ISSUER}:aud`];
const API = 'system:serviceaccount:payments:api';
const STS = 'sts.amazonaws.com';

const REFUSED = CAUSE_FIXTURES['trust-wrong-subject']?.shows.attempt ?? {};

const trusting = (condition: object, provider = PROVIDER) => ({
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});

function said(statements: object[], attempt: Attempt = REFUSED): Report {
  const trustPolicy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const facts: Facts = { attempt, aws: { role: { arn: attempt.roleArn ?? ROLE, trustPolicy }, unread: [] } };
  return reportOf(diagnose(facts));
}

describe('a cause in the trust policy', () => {
  it('is never a Deny statement that does not match', () => {
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sts:*',
      Condition: { StringNotEquals: { [AUD]: STS } },
    };
    const web = 'system:serviceaccount:payments:web';
    expect(said([trusting({ StringEquals: { [SUB]: web, [AUD]: STS } }), deny])).toMatchObject({
      id: 'trust-wrong-subject',
      root_cause: expect.stringMatching(/statement 0 admits "system:serviceaccount:payments:web"/),
    });
    expect(said([trusting({ StringEquals: { [SUB]: API } }, OTHER), deny]).id).toBe('trust-wrong-issuer');
  });

  it('names the providers that are trusted, whichever statement has them', () => {
    const ec2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const { root_cause: cause, evidence } = said([ec2, trusting({ StringEquals: { [SUB]: API } }, OTHER)]);
    expect(cause).toMatch(/id\/OTHER is trusted: the token's issuer is/);
    expect(evidence.map(({ content }) => content)).toContainEqual(
      expect.stringMatching(/^Statement 1 fails at Principal/),
    );
  });

  it('is no other subject where the policy keeps this one out by name', () => {
    const { id, root_cause: cause, patch } = said([trusting({ StringNotEquals: { [SUB]: API } })]);
    expect([id, patch]).toEqual(['trust-other-condition', null]);
    expect(cause).toMatch(
      /statement 0 has StringNotEquals on .*:sub with "system:serviceaccount:payments:api"; the request has/,
    );
  });

  it('is not proven by an audience that is only assumed', () => {
    const { audience: _audience, ...unsaid } = REFUSED;
    const statements = [trusting({ StringEquals: { [SUB]: API, [AUD]: 'vault' } })];
    expect(said(statements).certainty).toBe('proven');
    expect(said(statements, unsaid)).toMatchObject({ id: 'trust-wrong-audience', certainty: 'likely' });
  });

  it('is not the partition, where an issuer other than that of EKS is used outside of aws', () => {
    const issuer = 'oidc.example.com';
    const { clusterArn: _clusterArn, ...elsewhere } = REFUSED;
    const attempt = { ...elsewhere, issuer, roleArn: ROLE.replace('arn:aws:', 'arn:aws-cn:') };
    const statement = trusting(
      { StringEquals: { [`${issuer}:sub`]: API } },
      `arn:aws-cn:iam::111122223333:oidc-provider/${issuer}`,
    );
    expect(said([statement], attempt).id).toBe('organization-policy-suspected');
  });
});

describe('the commands of a report', () => {
  it('name the provider in the partition of the role', () => {
    const roleArn = ROLE.replace('arn:aws:', 'arn:aws-cn:');
    const facts: Facts = {
      attempt: { issuer: 'oidc.example.com', roleArn },
      said: ['Incorrect token audience'],
    };
    expect(reportOf(diagnose(facts)).actions[0]?.command).toBe(
      'aws iam get-open-id-connect-provider --open-id-connect-provider-arn arn:aws-cn:iam::111122223333:oidc-provider/oidc.example.com',
    );
  });

  it('name no file that the report does not have', () => {
    const deny = { ...trusting({ StringEquals: { [SUB]: API } }), Effect: 'Deny' };
    const { actions, patch } = said([deny]);
    expect([patch, actions.filter(({ command }) => command.includes('patched-policy.json'))]).toEqual([
      null,
      [],
    ]);
    const other = said([trusting({ StringEquals: { [SUB]: `${API}s`, [AUD]: STS } })]);
    expect(other.actions.some(({ command }) => command.includes('patched-policy.json'))).toBe(true);
  });
});
