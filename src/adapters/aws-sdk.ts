// What the AWS SDK's errors mean where it reaches no service, and the switch for a warning of it.

/** What to do where the SDK finds no credentials. */
export const CREDENTIALS_REMEDY =
  'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in (aws sso login)';

/** The names of the SDK's errors where it finds no credentials. */
export const NO_CREDENTIALS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ProviderError',
  'TokenProviderError',
]);

const LONGEST = 300;

/** Why something could not be read, in a line, with the remedy where the SDK did not get as far as AWS; messages of AWS hold no secrets. */
export function whyUnread(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const said = (message.split('\n')[0] ?? '').slice(0, LONGEST);
  if (NO_CREDENTIALS.has(name)) return `no AWS credentials (${said}): ${CREDENTIALS_REMEDY}`;
  if (said === 'Region is missing') return 'no AWS region: give --region or set AWS_REGION';
  return name === 'Error' ? said : `${name}: ${said}`;
}

/** Call it before the first client is loaded. The SDK then does not warn on stderr that newer versions need a newer Node: users of a pinned version can't act on that. */
export function hushNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
