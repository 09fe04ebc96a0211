// What a question promises of its columns, in words that the columns which an engine reports can be put into too.
import { expect } from 'vitest';
import { readParams } from '../../src/catalogue/param-values.ts';
import type { Question, ValueType } from '../../src/catalogue/query-file.ts';

const CARRIED_AS: Record<ValueType, string> = {
  text: 'text',
  // No driver has lists or objects of its own that rows could be compared by, so that they travel as JSON texts.
  json: 'text',
  texts: 'text',
  integer: 'integer',
  time: 'time',
  boolean: 'boolean',
};

/** Fails where an engine's columns have other names, another order or other types than the front matter says. */
export function expectPromised(question: Question, columns: readonly { name: string; type: string }[]): void {
  const reported = columns.map(({ name, type }) => `${name}: ${carriedAs(type)}`);
  expect(reported).toEqual(question.columns.map(({ name, type }) => `${name}: ${CARRIED_AS[type]}`));
}

function carriedAs(type: string): string {
  if (/^varchar/i.test(type)) return 'text';
  if (/^(tiny|small|big|huge)?int(eger)?$/i.test(type)) return 'integer';
  if (/^timestamp(\(\d+\))?$/i.test(type)) return 'time';
  if (/^boolean$/i.test(type)) return 'boolean';
  return type;
}

/** A text for each parameter that a question must be given, whatever it yields for it. */
export function requiredOf({ params }: Question): Record<string, string> {
  const required = params.filter(({ need }) => need === 'required');
  return Object.fromEntries(
    required.map(({ name, type }) => [name, type === 'networks' ? '192.0.2.0/24' : 'x']),
  );
}

/** Values that a question can be asked with. */
export const anyValues = (question: Question) => readParams(question, requiredOf(question), new Date());
