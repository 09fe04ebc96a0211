// Owns what a secret looks like in a text that is kept: tokens, signatures and keys are written over, and what names them stays.
// The same for error messages in SQL: queries/sources/trino/log-file-records.sql.

/** What stands behind the name of a secret, in a header, a query string, JSON or an environment. */
const NAMED =
  /((?<![a-z])(?:authorization|x-amz-security-token|x-amz-signature|signature|session_?token|(?:web_?)?identity_?token|client_?token|secret_?access_?key)["']?[ ]*[:=][ ]*["']?)(?:(?:bearer|basic|aws4-hmac-sha256) +)?[^ "',&]{8,}/gi;
/** A JSON Web Token. */
const TOKEN = /eyJ[A-Za-z0-9_-]{10,}(?:[.][A-Za-z0-9_-]*){0,2}/g;

/** The text with `[secret]` in the place of each. */
export function withoutSecrets(text: string): string {
  return text.replace(NAMED, '$1[secret]').replace(TOKEN, '[secret]');
}

/** An address without the part of a presigned request that signs it, and what stands behind. */
export function withoutSignature(address: string): string {
  if (!['X-Amz-', 'AWSAccessKeyId=', 'Signature='].some((sign) => address.includes(sign))) return address;
  return address.replace(/[?&](?:X-Amz-[A-Za-z-]+|AWSAccessKeyId|Signature)=.*$/s, '');
}
