// Every spelling of a refusal that services use, and what only looks like one; the rule is the SQL's.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DENIED, isDenied } from '../../src/trail/denial.ts';

describe('isDenied', () => {
  it.each([
    'AccessDenied',
    'AccessDeniedException',
    'Client.UnauthorizedOperation',
    'UnauthorizedOperation',
    'UnauthorizedAccess',
    'AuthorizationError',
    'AuthorizationErrorException',
    'Forbidden',
    'KMS.AccessDeniedException',
    'NotAuthorized',
    'UnauthorizedException',
  ])('takes %s for a refusal', (code) => {
    expect(isDenied(code)).toBe(true);
  });

  it.each([null, '', 'NoSuchBucket', 'NotAuthorizedException', 'ThrottlingException'])(
    'takes %s for none',
    (code) => {
      expect(isDenied(code)).toBe(false);
    },
  );

  it('is what queries/models/call-attributions.sql says', () => {
    const sql = readFileSync(new URL('../../queries/models/call-attributions.sql', import.meta.url), 'utf8');
    expect(/regexp_like\(r[.]error_code, '([^']+)'\)/.exec(sql)?.[1]).toBe(DENIED.source);
  });
});
