// What AWS documents of trust policies, case by case.
import { describe, expect, it } from 'vitest';
import { type Explanation, explain } from '../../src/diagnosis/policy/explain.ts';
import { parseRequest } from '../../src/diagnosis/policy/request.ts';
import { readTrustPolicy } from '../../src/diagnosis/policy/trust-policy.ts';
import { CONDITION_CASES } from './cases/conditions.ts';
import { DOCUMENT_CASES } from './cases/documents.ts';
import { ACTION_CASES, NOT_PRINCIPAL_CASES, PRINCIPAL_CASES } from './cases/principals.ts';
import { type Expected, SOURCES } from './cases/sources.ts';

const USER = 'arn:aws:iam::111122223333:user/Bob';

interface Asked {
  action?: string;
  principal?: readonly [type: string, value: string];
  context?: unknown;
}

function explained(
  document: unknown,
  { action = 'sts:AssumeRole', principal = ['AWS', USER], context = {} }: Asked,
): Explanation {
  const request = { action, principal: { type: principal[0], value: principal[1] }, context };
  return explain(readTrustPolicy(JSON.stringify(document)), parseRequest(JSON.stringify(request)));
}

const allowing = (statement: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', ...statement }],
});

/** Whatever is decided, the answer says why. */
function expectSound(answer: Explanation, expected: Expected): void {
  expect(answer.decision).toBe(expected);
  expect(answer.statement !== null).toBe(expected === 'allowed' || answer.failures.length === 0);
  if (expected === 'unknown') expect(answer.warnings.length).toBeGreaterThan(0);
}

describe('the table of cases', () => {
  it('has its sources, and is long enough', () => {
    const all = [CONDITION_CASES, PRINCIPAL_CASES, NOT_PRINCIPAL_CASES, ACTION_CASES, DOCUMENT_CASES].flat();
    const documented = all.filter(([source]) => SOURCES[source].startsWith('https://docs.aws.amazon.com/'));
    expect(documented.length).toBeGreaterThanOrEqual(150);
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(all.length);
  });
});

describe('conditions', () => {
  it.each(CONDITION_CASES)('%s: %s', (_source, _claim, block, context, expected) => {
    expectSound(
      explained(allowing({ Principal: '*', Action: 'sts:AssumeRole', Condition: block }), { context }),
      expected,
    );
  });
});

describe('Principal', () => {
  it.each(PRINCIPAL_CASES)('%s: %s', (_source, _claim, written, principal, expected) => {
    expectSound(
      explained(allowing({ Principal: written, Action: 'sts:AssumeRole' }), { principal }),
      expected,
    );
  });
});

describe('NotPrincipal', () => {
  const everybody = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };

  it.each(NOT_PRINCIPAL_CASES)('%s: %s', (_source, _claim, effect, written, principal, expected) => {
    const statement = { Effect: effect, NotPrincipal: written, Action: 'sts:AssumeRole' };
    const statements = effect === 'Deny' ? [everybody, statement] : [statement];
    expect(explained({ Version: '2012-10-17', Statement: statements }, { principal }).decision).toBe(
      expected,
    );
  });
});

describe('Action and NotAction', () => {
  it.each(ACTION_CASES)('%s: %s', (_source, _claim, element, action, expected) => {
    expectSound(explained(allowing({ Principal: '*', ...element }), { action }), expected);
  });
});

describe('policies', () => {
  it.each(DOCUMENT_CASES)('%s: %s', (_source, _claim, document, expected, statement) => {
    const answer = explained(document, { context: { k: 'bob', 'aws:username': 'bob' } });
    expect([answer.decision, answer.statement]).toEqual([expected, statement]);
  });
});
