// The remedy for missing AWS credentials, and the switch for a warning of the AWS SDK.

/** What to do where the SDK finds no credentials. */
export const CREDENTIALS_REMEDY =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in (aws sso login)';

/** Call it before the first client is loaded. The SDK then does not warn on stderr that newer versions need a newer Node: users of a pinned version can't act on that. */
export function hushNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
