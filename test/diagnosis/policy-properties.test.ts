// On policies that nobody wrote, the evaluator says what a plain second one says; and no way of writing a policy changes that.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/diagnosis/policy/explain.ts';
import { parseRequest } from '../../src/diagnosis/policy/request.ts';
import { readTrustPolicy } from '../../src/diagnosis/policy/trust-policy.ts';
import { naiveDecision } from './naive-evaluator.ts';
import {
  type MadePolicy,
  type MadeRequest,
  policyArbitrary,
  requestArbitrary,
} from './policy-arbitraries.ts';

const decisionOf = (policy: unknown, request: MadeRequest) =>
  explain(readTrustPolicy(JSON.stringify(policy)), parseRequest(JSON.stringify(request))).decision;

describe('the decision', () => {
  it('is that of the naive evaluator', () => {
    const seen = { allowed: 0, denied: 0, unknown: 0 };
    fc.assert(
      fc.property(policyArbitrary, requestArbitrary, (policy, request) => {
        const expected = naiveDecision(policy, request);
        seen[expected] += 1;
        expect(decisionOf(policy, request)).toBe(expected);
      }),
      { numRuns: 6000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  it('is the same for lists of one and for the one, and for one statement and a list of it', () => {
    const unwrapped = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.length === 1 ? unwrapped(value[0]) : value.map(unwrapped);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unwrapped(member)]));
    };
    fc.assert(
      fc.property(policyArbitrary, requestArbitrary, (policy, request) => {
        expect(decisionOf(unwrapped(policy), request)).toBe(decisionOf(policy, request));
      }),
    );
  });

  it('is the same in whatever order the statements stand', () => {
    const turned = (policy: MadePolicy) => ({ ...policy, Statement: [...policy.Statement].reverse() });
    fc.assert(
      fc.property(policyArbitrary, requestArbitrary, (policy, request) => {
        expect(decisionOf(turned(policy), request)).toBe(decisionOf(policy, request));
      }),
    );
  });

  it('is never allowed by a policy without an allow', () => {
    fc.assert(
      fc.property(policyArbitrary, requestArbitrary, ({ Statement, ...policy }, request) => {
        const denying = Statement.map((statement) => ({ ...statement, Effect: 'Deny' }));
        expect(decisionOf({ ...policy, Statement: denying }, request)).toBe('denied');
      }),
    );
  });
});
