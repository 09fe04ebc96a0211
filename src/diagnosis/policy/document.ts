// Finds the trust policy in what people have at hand: the document, the output of "aws iam get-role", or either URL-encoded.
import { PolicyError } from './policy-error.ts';
import { readStrictJson } from './strict-json.ts';

export interface PolicyDocument {
  document: unknown;
  /** Names that stand twice in one object. */
  duplicates: readonly string[];
  /** Of the role, where it stands beside the policy. */
  roleArn: string | null;
}

/**
 * IAM's API gives documents URL-encoded (RFC 3986), most tools decode them. Throws PolicyError where the text is too large,
 * too deep or no JSON.
 */
export function readPolicyDocument(text: string): PolicyDocument {
  const { value, duplicates } = readEncoded(text);
  const role = member(value, 'Role') ?? value;
  const held = typeof value === 'string' ? value : member(role, 'AssumeRolePolicyDocument');
  const roleArn = /^arn:[^:]+:iam::\d{12}:role\/.+$/.exec(String(member(role, 'Arn')))?.[0] ?? null;
  if (held === undefined) return { document: value, duplicates, roleArn: null };
  if (typeof held !== 'string') return { document: held, duplicates, roleArn };
  const inner = readEncoded(held);
  return { document: inner.value, duplicates: inner.duplicates, roleArn };
}

function readEncoded(text: string) {
  return readStrictJson(/^\s*%7B/i.test(text) ? decoded(text.trim()) : text, 'policy');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PolicyError('policy-refused', 'the policy is neither JSON nor URL-encoded JSON');
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
