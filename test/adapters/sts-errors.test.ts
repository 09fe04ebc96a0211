// What STS and EKS Auth answer, as the real SDK throws it and as other SDKs print it: each is told by its words.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { attemptOf, SaidReader } from '../../src/diagnosis/said.ts';

const ERRORS: readonly [code: string, status: number, message: string, cause: string][] = [
  ['AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 'trust-not-known'],
  [
    'InvalidIdentityToken',
    400,
    'No OpenIDConnect provider found in your account for https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE',
    'provider-missing',
  ],
  ['InvalidIdentityToken', 400, 'Incorrect token audience', 'audience-not-in-client-ids'],
  ['InvalidIdentityToken', 400, 'Missing a required claim: aud', 'token-invalid'],
  [
    'InvalidIdentityToken',
    400,
    "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    'thumbprint-stale',
  ],
  [
    'InvalidIdentityToken',
    400,
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    'issuer-unreachable',
  ],
  [
    'InvalidIdentityToken',
    400,
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    'token-invalid',
  ],
  [
    'InvalidIdentityToken',
    400,
    'The web identity token provided could not be validated',
    'signing-key-changed',
  ],
  [
    'ExpiredTokenException',
    400,
    'Token expired: current date/time 1624482533 must be before the expiration date/time1624482335',
    'token-expired',
  ],
  ['ExpiredTokenException', 400, 'Token too old: 441398', 'token-expired'],
  ['IDPCommunicationError', 400, 'An error occurred', 'issuer-unreachable'],
  ['ValidationError', 400, 'Request ARN is invalid', 'annotation-malformed'],
  [
    'ValidationError',
    400,
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    'session-too-long',
  ],
  [
    'ValidationError',
    400,
    "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern",
    'session-name-illegal',
  ],
  [
    'RegionDisabledException',
    403,
    'STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console.',
    'sts-region-inactive',
  ],
  ['Throttling', 400, 'Rate exceeded', 'throttled'],
];

/** As SDKs print an error of STS. */
const SDKS: Record<string, (code: string, status: number, message: string) => string> = {
  boto3: (code, _status, message) =>
    `botocore.exceptions.ClientError: An error occurred (${code}) when calling the AssumeRoleWithWebIdentity operation: ${message}`,
  'Go, version 1': (code, status, message) =>
    `WebIdentityErr: failed to retrieve credentials\tcaused by: ${code}: ${message}\tstatus code: ${status}, request id: 11111111-2222-4333-8444-555555555555`,
  'Go, version 2': (code, status, message) =>
    `operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: ${status}, RequestID: 11111111-2222-4333-8444-555555555555, ${code}: ${message}`,
  'Java, version 2': (code, status, message) =>
    `software.amazon.awssdk.services.sts.model.${code.replace(/Exception$/, '')}Exception: ${message} (Service: Sts, Status Code: ${status}, Request ID: 11111111-2222-4333-8444-555555555555)`,
};

function causeOf(text: string): string | undefined {
  const reader = new SaidReader();
  for (const line of text.split('\n')) reader.read(line);
  return diagnose({ attempt: attemptOf(reader.lines), said: reader.lines }).found[0]?.cause.id;
}

let sts: Server;
let answer: { status: number; code: string; message: string };

beforeAll(async () => {
  sts = createServer((request, response) => {
    request.resume();
    const { status, code, message } = answer;
    const escaped = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    response
      .writeHead(status, { 'content-type': 'text/xml' })
      .end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      );
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  sts.closeAllConnections();
  sts.close();
});

describe.each(ERRORS)('%s %i %s', (code, status, message, cause) => {
  it('is told where the SDK throws it', async () => {
    answer = { status, code, message };
    const endpoint = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
    const client = new STSClient({
      endpoint,
      region: 'us-west-2',
      maxAttempts: 1,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: 'arn:aws:iam::111122223333:role/api',
      RoleSessionName: 'a',
      WebIdentityToken: 'x',
    });
    const error = await client.send(command).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(causeOf(`${error?.name}: ${error?.message}`)).toBe(cause);
  });

  it.each(Object.entries(SDKS))('is told as %s prints it', (_sdk, print) => {
    expect(causeOf(print(code, status, message))).toBe(cause);
  });
});
