// What is a secret in a text that is kept is written over; what names it, and all else, stays.
import { describe, expect, it } from 'vitest';
import { withoutSecrets, withoutSignature } from '../../src/trail/secrets.ts';

describe('a text', () => {
  it.each([
    ['Authorization: Bearer abcdefgh12345678 was refused', 'Authorization: [secret] was refused'],
    ['X-Amz-Security-Token=IQoJ%2Fabc%2Bdef&X-Amz-Date=1', 'X-Amz-Security-Token=[secret]&X-Amz-Date=1'],
    ['SessionToken:IQoJb3JpZ2lu', 'SessionToken:[secret]'],
    ['AWS_SESSION_TOKEN=IQoJb3JpZ2lu', 'AWS_SESSION_TOKEN=[secret]'],
    ['{"webIdentityToken": "abcdefgh"}', '{"webIdentityToken": "[secret]"}'],
    ['{\\"sessionToken\\":\\"IQoJb3JpZ2lu\\"}', '{\\"sessionToken\\":\\"[secret]\\"}'],
    ['<SessionToken>IQoJb3JpZ2lu</SessionToken>', '<SessionToken>[secret]</SessionToken>'],
    ['X-Amz-Security-Token%3DIQoJb3JpZ2lu', 'X-Amz-Security-Token%3D[secret]'],
    ['Authorization:\tNegotiate abcdefgh12345', 'Authorization:\t[secret]'],
    ['sent Bearer abcdefgh.12345678 and failed', 'sent [secret] and failed'],
    ['AWS4-HMAC-SHA256 Signature=0123456789abcdef0123', 'AWS4-HMAC-SHA256 [secret]'],
    ["Value 'abcdefgh12345678' at 'clientToken' failed", "Value '[secret]' at 'clientToken' failed"],
    [
      "Value 'abcdefgh12345678' at 'tags.1.secretString' failed",
      "Value '[secret]' at 'tags.1.secretString' failed",
    ],
    ['the token eyJhbGciOiJSUzI1NiJ9.e30.x is bad', 'the token [secret] is bad'],
  ])('%s', (text, expected) => expect(withoutSecrets(text)).toBe(expected));

  it.each([
    'InvalidIdentityToken: Incorrect token audience',
    'The request signature we calculated does not match the signature you provided.',
    'User: arn:aws:sts::111122223333:assumed-role/api/s is not authorized to perform: s3:GetObject',
    'clientToken: too long',
    "Value 'not a role name' at 'roleSessionName' failed to satisfy constraint",
    "Value 'not a secret name' at 'secretId' failed to satisfy constraint",
    'Signature: verification failed',
  ])('keeps %s', (text) => expect(withoutSecrets(text)).toBe(text));
});

describe('an address', () => {
  it.each([
    ['arn:aws:s3:::b/k?X-Amz-Algorithm=a&X-Amz-Signature=0123', 'arn:aws:s3:::b/k'],
    ['arn:aws:s3:::b/k?AWSAccessKeyId=AKIA&Signature=0123', 'arn:aws:s3:::b/k'],
    ['arn:aws:s3:::b/k?x-amz-security-token=TOKEN&AWSAccessKeyId=AKIA', 'arn:aws:s3:::b/k'],
    ['arn:aws:s3:::b/k%3FX-Amz-Signature%3D0123', 'arn:aws:s3:::b/k'],
    ['arn:aws:s3:::b/year=2026/X-Amz-is-a-name', 'arn:aws:s3:::b/year=2026/X-Amz-is-a-name'],
  ])('%s', (address, expected) => expect(withoutSignature(address)).toBe(expected));
});
