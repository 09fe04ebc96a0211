// What holds for every client of the AWS SDK.

/** What to do where the SDK finds no credentials. */
export const CREDENTIALS_REMEDY =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in (aws sso login)';

/** To be called before the first client is loaded. Keeps the SDK from saying on stderr that newer ones need a newer Node, which a user of pinned versions cannot act upon. */
export function hushNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
