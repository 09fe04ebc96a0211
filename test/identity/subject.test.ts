// Subject claims: what is one, and which of two copies is believed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSubject, readSubject } from '../../src/identity/subject.ts';
import { API, MASKED, WORKER } from './records.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const subdomain = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,40}[a-z0-9])?$/);

describe('a subject claim', () => {
  it('is read back from any namespace and ServiceAccount that Kubernetes accepts', () => {
    fc.assert(
      fc.property(label, subdomain, (namespace, serviceAccount) => {
        const claim = `system:serviceaccount:${namespace}:${serviceAccount}`;
        expect(parseSubject(claim)).toEqual({ namespace, serviceAccount });
      }),
    );
  });

  it.each([
    ['system:serviceaccount:a:b', { namespace: 'a', serviceAccount: 'b' }],
    [
      'system:serviceaccount:team-a:batch.runner-1',
      { namespace: 'team-a', serviceAccount: 'batch.runner-1' },
    ],
    ['system:serviceaccount:0:9', { namespace: '0', serviceAccount: '9' }],
  ])('%s is one', (claim, subject) => expect(parseSubject(claim)).toEqual(subject));

  it.each([
    null,
    '',
    MASKED,
    'repo:example/app:ref:refs/heads/main',
    'system:serviceaccount:frontend',
    'system:serviceaccount:frontend:',
    'system:serviceaccount::api',
    'system:serviceaccount:frontend:api:extra',
    'system:serviceaccount:front.end:api',
    'system:serviceaccount:Frontend:api',
    'system:serviceaccount:frontend:Api',
    'system:serviceaccount:-frontend:api',
    'system:serviceaccount:frontend-:api',
    'system:serviceaccount:frontend:-api',
    'system:serviceaccount:frontend:api-',
    'system:serviceaccount:frontend:.api',
    'system:serviceaccount:frontend:api.',
    'system:serviceaccount:frontend:api\n',
    ' system:serviceaccount:frontend:api',
    'x-system:serviceaccount:frontend:api',
    'system:serviceaccount:*:api',
  ])('%j is none', (claim) => expect(parseSubject(claim)).toBeNull());
});

describe('the subject of an issuance', () => {
  const api = { namespace: 'frontend', serviceAccount: 'api' };

  it.each([
    ['both copies say it', API, API, api],
    ['the user name is masked', MASKED, API, api],
    ['the user name is absent', null, API, api],
    ['the token subject is masked', API, MASKED, api],
    ['the token subject is absent, as on failure', API, null, api],
    ['both are masked', MASKED, MASKED, null],
    ['both are absent', null, null, null],
    ['it is of another identity provider', 'repo:example/app', 'repo:example/app', null],
    ['two readable copies differ', API, WORKER, 'disputed'],
  ])('where %s', (_, userName, tokenSubject, expected) =>
    expect(readSubject(userName, tokenSubject)).toEqual(expected),
  );
});
