// Whole policies, for what no single statement shows: which statement decides, versions, and what is no policy.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like templates
import type { Expected, Source } from './sources.ts';

/** The statement that decides is the fourth. */
export type DocumentCase = readonly [
  source: Source,
  claim: string,
  document: unknown,
  expected: Expected,
  statement: number | null,
];

const allow = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
const deny = { ...allow, Effect: 'Deny' };
const other = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
const unknown = { ...allow, Condition: { StringMatches: { k: 'a' } } };
const document = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });
const variable = { ...allow, Condition: { StringEquals: { k: '${aws:username}' } } };

/** Asked by a user Bob with the context `{"k": "bob", "aws:username": "bob"}`. */
export const DOCUMENT_CASES: readonly DocumentCase[] = [
  ['evaluation', 'an allow', document(allow), 'allowed', 0],
  ['grammar', 'a single statement', { Version: '2012-10-17', Statement: allow }, 'allowed', 0],
  ['evaluation', 'no statement matches', document(other), 'denied', null],
  ['evaluation', 'the first allow that matches', document(other, allow, allow), 'allowed', 1],
  ['evaluation', 'an explicit deny wins before', document(deny, allow), 'denied', 0],
  ['evaluation', 'an explicit deny wins after', document(allow, other, deny), 'denied', 2],
  ['evaluation', 'a deny alone', document(deny), 'denied', 0],
  ['evaluation', 'a deny that does not match', document(allow, { ...other, Effect: 'Deny' }), 'allowed', 0],
  ['undocumented', 'an allow that is unknown', document(unknown), 'unknown', null],
  ['undocumented', 'an allow beside an unknown one', document(unknown, allow), 'allowed', 1],
  [
    'undocumented',
    'a deny that is unknown',
    document(allow, { ...unknown, Effect: 'Deny' }),
    'unknown',
    null,
  ],
  ['undocumented', 'a deny beside what is unknown', document(unknown, deny), 'denied', 1],
  [
    'undocumented',
    'an unknown deny where nothing allows',
    document(other, { ...unknown, Effect: 'Deny' }),
    'denied',
    null,
  ],
  ['version', 'variables in 2012-10-17', document(variable), 'allowed', 0],
  ['version', 'no variables in 2008-10-17', { Version: '2008-10-17', Statement: variable }, 'denied', null],
  ['version', 'no variables without Version', { Statement: [variable] }, 'denied', null],
  [
    'version',
    'without variables their text is text',
    { Statement: [{ ...allow, Condition: { StringNotEquals: { k: '${aws:username}' } } }] },
    'allowed',
    0,
  ],
  [
    'version',
    'wildcards in 2008-10-17',
    { Version: '2008-10-17', Statement: { ...allow, Condition: { StringLike: { k: 'b*' } } } },
    'allowed',
    0,
  ],
  [
    'grammar',
    'Id and Sid',
    { Version: '2012-10-17', Id: 'x', Statement: [{ Sid: 'One', ...allow }] },
    'allowed',
    0,
  ],
  ['grammar', 'another version', { Version: '2020-01-01', Statement: [allow] }, 'unknown', null],
  ['grammar', 'no statement', { Version: '2012-10-17' }, 'unknown', null],
  ['grammar', 'an unknown element of the policy', { ...document(allow), Owner: 'x' }, 'unknown', null],
  ['grammar', 'an unknown element of a statement', document({ ...allow, Owner: 'x' }), 'unknown', null],
  [
    'grammar',
    'an unknown element beside a good statement',
    document(allow, { ...allow, Owner: 'x' }),
    'unknown',
    null,
  ],
  ['grammar', 'an unknown element beside a deny', document({ ...allow, Owner: 'x' }, deny), 'denied', 1],
  ['grammar', 'no Effect', document({ Principal: '*', Action: 'sts:AssumeRole' }), 'unknown', null],
  ['grammar', 'Effect is case sensitive', document({ ...allow, Effect: 'allow' }), 'unknown', null],
  ['grammar', 'no Principal', document({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'unknown', null],
  ['grammar', 'Principal and NotPrincipal', document({ ...allow, NotPrincipal: '*' }), 'unknown', null],
  ['grammar', 'Resource in a trust policy', document({ ...allow, Resource: '*' }), 'unknown', null],
  ['grammar', 'NotResource in a trust policy', document({ ...allow, NotResource: '*' }), 'unknown', null],
  ['grammar', 'Condition is no list', document({ ...allow, Condition: [] }), 'unknown', null],
  [
    'grammar',
    'an operator with a text',
    document({ ...allow, Condition: { StringEquals: 'a' } }),
    'unknown',
    null,
  ],
  [
    'grammar',
    'two statements of one Sid',
    document({ ...allow, Sid: 'One' }, { ...other, Sid: 'One' }),
    'unknown',
    null,
  ],
  ['grammar', 'a statement that is a text', document('allow'), 'unknown', null],
  ['grammar', 'a policy that is a list', [allow], 'unknown', null],
  ['grammar', 'a policy that is a number', 7, 'unknown', null],
  ['grammar', 'a policy that is null', null, 'unknown', null],
];
