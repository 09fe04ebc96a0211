// Reads the request for a report: a question and its parameters, as strictly as the command line does.
import { ParameterError } from '../../catalogue/errors.ts';
import { readParams } from '../../catalogue/param-values.ts';
import type { Question } from '../../catalogue/query-file.ts';
import type { Values } from '../compose-over-tables.ts';
import { readQuestion } from '../query-files.ts';

export interface ReportRequest {
  question: Question;
  /** As they were written. */
  parameters: Readonly<Record<string, string>>;
  values: Values;
}

/**
 * `{"question": "who-accessed", "parameters": {"resource": "pii-exports", "since": "24h"}}`; a parameter has its name as a
 * question's file or as the command line writes it, and its value as on the command line. Throws ParameterError.
 */
export function readReportRequest(event: unknown, now: Date): ReportRequest {
  const { question: name, parameters = {}, ...others } = objectOf(event, 'what is asked for');
  const other = Object.keys(others)[0];
  if (other !== undefined)
    throw new ParameterError(`a report takes "question" and "parameters", not "${other}"`);
  if (typeof name !== 'string') throw new ParameterError('"question" must be the name of a question');
  const question = readQuestion(name);
  const written = Object.fromEntries(
    Object.entries(objectOf(parameters, '"parameters"')).map(([parameter, value]) => {
      if (!['string', 'number', 'boolean'].includes(typeof value))
        throw new ParameterError(`the value of "${parameter}" must be a text, a number, true or false`);
      return [parameter.replaceAll('-', '_'), String(value)];
    }),
  );
  return { question, parameters: written, values: readParams(question, written, now) };
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ParameterError(`${what} must be a JSON object`);
  return value as Record<string, unknown>;
}
