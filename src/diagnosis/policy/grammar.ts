// Reads the grammar of trust policies. What IAM would not take becomes a fault, never a guess.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { isObject } from '../../trail/json-text.ts';
import type { ActionClause, Condition, Fault, Policy, PrincipalClause, Statement } from './policy.ts';

const DOCUMENT = ['Version', 'Id', 'Statement'];
const STATEMENT = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Condition'];
const PRINCIPAL_TYPES = ['AWS', 'Federated', 'Service', 'CanonicalUser'];

type Members = Readonly<Record<string, unknown>>;

/** `duplicates` are names that stand twice in one object of the document's text. */
export function parsePolicy(document: unknown, duplicates: readonly string[] = []): Policy {
  const faults: Fault[] = duplicates.map((name) => ({
    statement: null,
    element: name,
    message: `"${name}" appears twice in one object`,
    actual: null,
  }));
  const fault = (element: string, message: string, actual: unknown = null) =>
    void faults.push({ statement: null, element, message, actual });
  if (!isObject(document)) {
    fault('Statement', 'the document is not an object', document);
    return { version: '2008-10-17', statements: [], faults, isList: false };
  }
  for (const name of Object.keys(document)) {
    if (!DOCUMENT.includes(name)) fault(name, `a policy has no element "${name}"`, document[name]);
  }
  const { Version: version = '2008-10-17', Statement: written } = document;
  const isVersion = version === '2008-10-17' || version === '2012-10-17';
  if (!isVersion) fault('Version', 'Version is neither 2012-10-17 nor 2008-10-17', version);
  if (document.Id !== undefined && typeof document.Id !== 'string')
    fault('Id', 'Id is not text', document.Id);
  const list = Array.isArray(written) ? written : written === undefined ? [] : [written];
  if (list.length === 0) fault('Statement', 'the policy has no statement', written ?? null);
  const statements = list.map((statement, index) => parseStatement(statement, index, faults));
  const sids = list.flatMap((one) => (isObject(one) && typeof one.Sid === 'string' ? [one.Sid] : []));
  const twice = sids.find((sid, index) => sids.indexOf(sid) < index);
  if (twice !== undefined) fault('Sid', 'two statements have one Sid', twice);
  return { version: isVersion ? version : '2008-10-17', statements, faults, isList: Array.isArray(written) };
}

function parseStatement(written: unknown, index: number, faults: Fault[]): Statement | null {
  const before = faults.length;
  const fault = (element: string, message: string, actual: unknown = null) =>
    void faults.push({ statement: index, element, message, actual });
  if (!isObject(written)) {
    fault('Statement', 'the statement is not an object', written);
    return null;
  }
  for (const name of Object.keys(written)) {
    if (name === 'Resource' || name === 'NotResource')
      fault(name, `a trust policy has no ${name}: the role it is attached to is the resource`, written[name]);
    else if (!STATEMENT.includes(name)) fault(name, `a statement has no element "${name}"`, written[name]);
  }
  const { Sid: sid, Effect: effect } = written;
  if (sid !== undefined && typeof sid !== 'string') fault('Sid', 'Sid is not text', sid);
  if (effect !== 'Allow' && effect !== 'Deny')
    fault('Effect', 'Effect is neither Allow nor Deny', effect ?? null);
  const principal = parsePrincipal(written, fault);
  const action = parseAction(written, fault);
  const conditions = parseConditions(written.Condition, fault);
  if (faults.length > before || principal === null || action === null) return null;
  return { index, effect: effect as 'Allow' | 'Deny', principal, action, conditions };
}

type TellFault = (element: string, message: string, actual?: unknown) => void;

/** One of two elements, not both and not neither. */
function oneOf<Name extends string>(
  written: Members,
  plain: Name,
  negated: Name,
  fault: TellFault,
): Name | null {
  const has = (name: Name) => Object.hasOwn(written, name);
  if (has(plain) && has(negated))
    fault(negated, `the statement has ${plain} and ${negated}`, written[negated]);
  else if (has(plain)) return plain;
  else if (has(negated)) return negated;
  else fault(plain, `the statement has neither ${plain} nor ${negated}`);
  return null;
}

function parsePrincipal(statement: Members, fault: TellFault): PrincipalClause | null {
  const element = oneOf(statement, 'Principal', 'NotPrincipal', fault);
  if (element === null) return null;
  const written = statement[element];
  if (written === '*') return { element, written, isEveryone: true, byType: new Map() };
  if (!isObject(written)) {
    fault(element, `${element} is neither "*" nor an object`, written);
    return null;
  }
  const byType = new Map<string, readonly string[]>();
  for (const [type, values] of Object.entries(written)) {
    const texts = textsOf(values);
    if (!PRINCIPAL_TYPES.includes(type)) fault(element, `unknown principal type "${type}"`, written);
    else if (texts === null)
      fault(element, `${element} has a ${type} that is neither text nor a list of texts`, written);
    else byType.set(type, texts);
  }
  return { element, written, isEveryone: false, byType };
}

function parseAction(statement: Members, fault: TellFault): ActionClause | null {
  const element = oneOf(statement, 'Action', 'NotAction', fault);
  if (element === null) return null;
  const written = statement[element];
  const patterns = textsOf(written);
  if (patterns !== null) return { element, written, patterns };
  fault(element, `${element} is neither text nor a list of texts`, written);
  return null;
}

function parseConditions(written: unknown, fault: TellFault): Condition[] {
  if (written === undefined) return [];
  if (!isObject(written)) {
    fault('Condition', 'Condition is not an object', written);
    return [];
  }
  return Object.entries(written).flatMap(([operator, keys]) => {
    if (!isObject(keys)) {
      fault('Condition', `the value of ${operator} is not an object`, written);
      return [];
    }
    return Object.entries(keys).map(([key, value]) => ({
      operator,
      key,
      written: value,
      values: valuesOf(value),
    }));
  });
}

function textsOf(written: unknown): string[] | null {
  const list = Array.isArray(written) ? written : [written];
  return list.every((one) => typeof one === 'string') ? list : null;
}

/** A number that JSON can't carry exactly is no value. */
function valuesOf(written: unknown): string[] | null {
  const list: unknown[] = Array.isArray(written) ? written : [written];
  const isValue = (one: unknown) =>
    typeof one === 'string' ||
    typeof one === 'boolean' ||
    (typeof one === 'number' && Math.abs(one) <= Number.MAX_SAFE_INTEGER);
  return list.every(isValue) ? list.map(String) : null;
}
