// Owns what a secret looks like in a text that is kept: tokens, signatures and keys are written over, and what names them stays.
// The same for error messages and resources in SQL: queries/sources/trino/log-file-records.sql.

/** What stands behind the name of a secret, in a header, a query string, JSON, XML or an environment. */
const NAMED =
  /((?:^|[^a-z])(?:authorization|x-amz-security-token|x-amz-signature|(?:session|security|access)_?token|(?:web_?)?identity_?token|client_?token|secret_?access_?key|password)(?:\\?["'])?[ \t]*(?:[:=>]|%3D)[ \t]*\[?(?:\\?["'])?)(?:(?:bearer|basic|token|negotiate|aws4-hmac-sha256)[ \t]+)?[^ \t\r\n"'\\,&<]{8,}/giu;
/** What a service says of a value that it refuses: `Value '…' at 'clientToken' failed to satisfy constraint`. */
const REFUSED = /(Value ')[^']{8,}(' at '[^']*(?:token|password|secret_?string)')/gi;
/** What is a secret by its own form: a bearer's token, a signature, a JSON Web Token. */
const UNNAMED =
  /[Bb][Ee][Aa][Rr][Ee][Rr][ \t]+[A-Za-z0-9._~+/=-]{16,}|Signature=[A-Za-z0-9%+/]{16,}|eyJ[A-Za-z0-9_-]{10,}(?:[.][A-Za-z0-9_-]*){0,2}/g;
/** The part of a presigned request that signs it. */
const SIGNING = /(?:[?&]|%3F|%26)(?:x-amz-[a-z-]+|awsaccesskeyid|signature)(?:=|%3D).*$/is;

/** The text with `[secret]` in the place of each. */
export function withoutSecrets(text: string): string {
  return text.replace(NAMED, '$1[secret]').replace(REFUSED, '$1[secret]$2').replace(UNNAMED, '[secret]');
}

/** An address without what signs it, and what stands behind. */
export function withoutSignature(address: string): string {
  return address.replace(SIGNING, '');
}
