// Reads the front matter lines that describe a name, `param` and `column`, or says what is wrong with them.
import { ParameterError } from './errors.ts';
import { suggestion } from './nearest.ts';
import { readValue } from './param-values.ts';
import {
  type ParamType,
  paramTypes,
  type QueryColumn,
  type QueryParam,
  type ValueType,
  valueTypes,
} from './query-file.ts';

const snakeCase = /^[a-z][a-z0-9_]*$/;
/** Only the form of a default is checked here, so any moment will do. */
const anyMoment = new Date(0);

/** `limit integer default 100 | How many rows.` */
export function paramOf(text: string): QueryParam | string {
  const match = /^(\S+) (\S+) (?:(required|optional)|default (\S.*?)) \| (\S.*)$/.exec(text);
  const [, name = '', type = '', need, defaultText = null, description = ''] = match ?? [];
  if (match === null)
    return 'expected "<name> <type> required | <description>", or "optional" or "default <value>" in its place';
  if (!snakeCase.test(name)) return `the parameter name "${name}" is not snake_case`;
  if (!isParamType(type)) return `unknown parameter type "${type}"${suggestion(type, paramTypes)}`;
  const param: QueryParam = {
    name,
    type,
    need: need === 'required' || need === 'optional' ? need : 'default',
    defaultText,
    description,
  };
  if (defaultText === null) return param;
  try {
    readValue(param, defaultText, anyMoment);
  } catch (error) {
    if (error instanceof ParameterError) return `the default of "${name}": ${error.message}`;
    throw error;
  }
  return param;
}

/** `workload_namespace text | The Kubernetes namespace of the workload.` */
export function columnOf(text: string): QueryColumn | string {
  const match = /^(\S+) (\S+) \| (\S.*)$/.exec(text);
  const [, name = '', type = '', description = ''] = match ?? [];
  if (match === null) return 'expected "<name> <type> | <description>"';
  if (!snakeCase.test(name)) return `the column name "${name}" is not snake_case`;
  if (!isValueType(type)) return `unknown column type "${type}"${suggestion(type, valueTypes)}`;
  return { name, type, description };
}

function isParamType(type: string): type is ParamType {
  return (paramTypes as readonly string[]).includes(type);
}

function isValueType(type: string): type is ValueType {
  return (valueTypes as readonly string[]).includes(type);
}
