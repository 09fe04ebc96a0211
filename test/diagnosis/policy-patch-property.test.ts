// Whatever the policy, a patch admits its request and nobody else. Apart from the others, as it takes seconds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applied } from './json-patch.ts';
import { ISSUERS, PROVIDERS } from './policy-arbitraries.ts';
import { API, ask, decide, list, STS, subject, token, WEB } from './policy-asking.ts';

describe('the smallest patch', () => {
  it('admits the request and nobody else, whatever the policy', () => {
    const subjects = [API, WEB, subject('shop', 'api')];
    const audiences = [STS, 'other'];
    const universe = subjects.flatMap((sub) =>
      audiences.flatMap((aud) => ISSUERS.map((issuer) => token(sub, aud, issuer))),
    );
    const some = <T>(...values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
    const statement = fc
      .record({
        issuer: fc.constantFrom(...ISSUERS),
        providers: some(...PROVIDERS),
        effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
        sub: fc.option(some(...subjects, 'system:serviceaccount:payments:*', 'system:serviceaccount:*:api')),
        aud: fc.option(some(...audiences)),
        operator: fc.constantFrom('StringEquals', 'StringLike', 'StringNotEquals', 'StringEqualsIfExists'),
        action: some('sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'),
      })
      .map(({ issuer, providers, effect, sub, aud, operator, action }) => ({
        Effect: effect,
        Principal: { Federated: providers },
        Action: action,
        Condition: {
          ...(sub === null ? {} : { [operator]: { [`${issuer}:sub`]: sub } }),
          ...(aud === null ? {} : { 'ForAnyValue:StringEquals': { [`${issuer}:aud`]: aud } }),
        },
      }));
    let patches = 0;
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...universe),
        (statements, request) => {
          const document = list(...statements);
          const { patch } = ask(document, request);
          if (patch === null) return;
          patches += 1;
          const patched = applied(document, patch);
          for (const other of universe) {
            const before = decide(document, other);
            expect(decide(patched, other)).toBe(other === request ? 'allowed' : before);
          }
        },
      ),
      { numRuns: 250 },
    );
    expect(patches).toBeGreaterThan(50);
  });
});
