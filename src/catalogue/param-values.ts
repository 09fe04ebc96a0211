// Checks and types the values that a person wrote for the parameters of a question.
import { ParameterError } from './errors.ts';
import { suggestion } from './nearest.ts';
import { networkRanges } from './networks.ts';
import { type QueryParam, type Question, rangeBinds } from './query-file.ts';
import { resourceWords } from './resource-words.ts';
import { checkRange, parseTime } from './times.ts';

export type ParamValue = string | number | boolean | Date | null;

/** By parameter; null where no value was given. */
export type ParamValues = Readonly<Record<string, ParamValue>>;

/**
 * Reads what was written for the parameters of a question; undefined means not given. Times are read against `now`.
 * Throws ParameterError that names everything that is wrong.
 */
export function readParams(
  question: Pick<Question, 'name' | 'params'>,
  written: Readonly<Record<string, string | undefined>>,
  now: Date,
): ParamValues {
  const wrong: string[] = [];
  // No prototype: a parameter may have any name.
  const values: Record<string, ParamValue> = Object.assign(Object.create(null), { since: null, until: null });
  const collect = (read: () => void) => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      wrong.push(error.message);
    }
  };
  const names = question.params.map(({ name }) => name);
  for (const [name, text] of Object.entries(written)) {
    if (text !== undefined && !names.includes(name)) {
      wrong.push(`${question.name} has no parameter "${name}"${suggestion(name, names)}`);
    }
  }
  for (const param of question.params) {
    const text = Object.hasOwn(written, param.name) ? written[param.name] : undefined;
    collect(() => {
      values[param.name] = valueFor(param, text, now);
    });
  }
  const [since, until] = rangeBinds.map((name) => {
    const end = values[name];
    return end instanceof Date ? end : undefined;
  });
  collect(() => checkRange({ since, until }));
  if (wrong.length > 0) throw new ParameterError(wrong.join('\n'));
  return values;
}

function valueFor(param: QueryParam, text: string | undefined, now: Date): ParamValue {
  const given = text ?? param.defaultText;
  if (given !== null) return readValue(param, given, now);
  if (param.need === 'required')
    throw new ParameterError(`"${param.name}" is required: ${param.description}`);
  return null;
}

/** One value of the parameter's type. An integer counts something, so it is never negative. Throws ParameterError. */
export function readValue(param: Pick<QueryParam, 'name' | 'type'>, text: string, now: Date): ParamValue {
  const { name, type } = param;
  if (text.trim() === '') throw new ParameterError(`"${name}" needs a value`);
  switch (type) {
    case 'text':
      return text;
    case 'integer': {
      const value = Number(text);
      if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
      throw new ParameterError(`"${name}" must be a whole number, such as 100`);
    }
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw new ParameterError(`"${name}" must be true or false`);
    case 'resource':
      return resourceWords(text);
    case 'cluster':
      return text.replace(/^https:\/\//, '');
    case 'account':
      if (/^[0-9]{12}$/.test(text)) return text;
      throw new ParameterError(`"${name}" must be an account id: twelve digits`);
    case 'networks':
      return networkRanges(name, text);
    case 'time':
      return readTime(name, text, now);
  }
}

function readTime(name: string, text: string, now: Date): Date {
  try {
    return parseTime(text, now);
  } catch (error) {
    if (error instanceof ParameterError) throw new ParameterError(`"${name}": ${error.message}`);
    throw error;
  }
}
