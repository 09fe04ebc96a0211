// An explanation of a trust policy as text for people. Everything from the policy or the request is escaped.
import type { Explanation } from '../diagnosis/policy/explain.ts';
import type { Failure } from '../diagnosis/policy/failures.ts';
import type { TrustRequest } from '../diagnosis/policy/request.ts';
import { escapeForTerminal, escapeJson } from './escape.ts';

/** Lines that end with a newline each. */
export function trustPolicyText(explanation: Explanation, request: TrustRequest): string {
  const { decision, failures, warnings, patch, patched } = explanation;
  const lines = [
    `${decision}: ${why(explanation, request)}`,
    '',
    `  asked by   ${request.principal.type} ${escapeForTerminal(request.principal.value)}`,
    `  to do      ${request.actions.map(escapeForTerminal).join(', ')}`,
    ...[...request.context].map(
      ([key, values], index) =>
        `  ${index === 0 ? 'with     ' : '         '}  ${escapeForTerminal(key)} = ${values.map(shown).join(', ')}`,
    ),
    ...failures.flatMap((failure) => ['', ...failureLines(failure)]),
  ];
  if (warnings.length > 0) lines.push('', 'Warnings');
  for (const { id, statement, message } of warnings)
    lines.push(`  ${place(statement)}: ${escapeForTerminal(message)} (${id})`);
  if (patch !== null)
    lines.push(
      '',
      'The smallest change that admits this request and nobody else, as a JSON patch of the policy',
      json(patch),
    );
  if (patched !== null) lines.push('', 'The policy with it', json(patched));
  lines.push('', ALONE);
  return `${lines.join('\n')}\n`;
}

const ALONE =
  "This is what the trust policy alone says. Service and resource control policies, permissions boundaries, the caller's own\n" +
  'policies and whether the token is valid were not looked at.';

function why({ decision, statement }: Explanation, { actions }: TrustRequest): string {
  const asked = actions.map(escapeForTerminal).join(' and ');
  if (decision === 'allowed') return `${place(statement)} admits this request`;
  if (decision === 'unknown')
    return `what is known does not decide whether the policy allows ${asked}; the warnings say why`;
  return statement === null
    ? `no statement allows ${asked}`
    : `${place(statement)} denies this request explicitly`;
}

function place(statement: number | null): string {
  return statement === null ? 'the document' : `statement ${statement}`;
}

function failureLines({ statement, element, operator, key, expected, actual }: Failure): string[] {
  const where = [element, operator, key].filter((part) => part !== null).map(escapeForTerminal);
  return [
    `${place(statement)} does not match: ${where.join(' ')}`,
    `  expected   ${shown(expected)}`,
    `  actual     ${shown(actual)}`,
  ];
}

function shown(value: unknown): string {
  return value === null ? 'nothing' : escapeForTerminal(JSON.stringify(value));
}

function json(value: unknown): string {
  return escapeJson(JSON.stringify(value, null, 2));
}
