// What is taken from the log of a pod or an agent: the lines that mean something, bounded and without secrets, and what they name.
import { describe, expect, it } from 'vitest';
import { attemptOf, SaidReader } from '../../src/diagnosis/said.ts';

function lines(...all: string[]): string[] {
  const reader = new SaidReader();
  for (const line of all) reader.read(line);
  return reader.lines;
}

const DENIED =
  'AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api/s is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::a/b" because no identity-based policy allows the s3:GetObject action';

describe('a log', () => {
  it('is kept as far as it means something, each line once', () => {
    expect(lines('all is well', ' Incorrect token audience ', 'Incorrect token audience', DENIED)).toEqual([
      'Incorrect token audience',
      DENIED,
    ]);
  });

  it('is kept within bounds, and what is beyond is counted', () => {
    const reader = new SaidReader();
    for (let index = 0; index < 250; index += 1) reader.read(`Token too old: ${index}`);
    reader.read(`Incorrect token audience ${'x'.repeat(5_000)}`);
    expect(reader.lines.length).toBe(200);
    expect(reader.counts).toEqual({ read: 251, kept: 200, dropped: 51 });
  });

  it('is kept without tokens and keys', () => {
    const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1';
    const [line] = lines(
      `Incorrect token audience token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln key=${key}`,
    );
    expect(line).toBe('Incorrect token audience token=[secret] key=[secret]');
    const arn =
      'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/A8242F25BFBB8F98F5321B2AE63C8B5C';
    expect(lines(`Incorrect token audience ${arn}`)).toEqual([`Incorrect token audience ${arn}`]);
  });
});

describe('the attempt that lines name', () => {
  it.each<[string, string, object]>([
    [
      'by web identity, of an issuer',
      'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE.',
      { mechanism: 'irsa', issuer: 'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE' },
    ],
    [
      'of a role and a subject',
      'AssumeRoleWithWebIdentity of arn:aws:iam::111122223333:role/eks/api by system:serviceaccount:payments:api failed',
      {
        roleArn: 'arn:aws:iam::111122223333:role/eks/api',
        accountId: '111122223333',
        namespace: 'payments',
        serviceAccount: 'api',
      },
    ],
    [
      'by Pod Identity',
      'GET http://169.254.170.23/v1/credentials: connection refused',
      { mechanism: 'pod-identity' },
    ],
    ['of a denied call', DENIED, { action: 's3:GetObject', roleArn: 'arn:aws:iam::111122223333:role/api' }],
    [
      'of a role by a role',
      'User: arn:aws:sts::111122223333:assumed-role/a/s is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/b',
      { action: 'AssumeRole', roleArn: 'arn:aws:iam::444455556666:role/b' },
    ],
  ])('is %s', (_claim, line, attempt) => {
    expect(attemptOf([line])).toMatchObject(attempt);
  });

  it('is nothing where they name nothing', () => {
    expect(attemptOf(['Rate exceeded'])).toEqual({});
  });
});
