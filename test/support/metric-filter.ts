// Owns what CloudWatch Logs' metric filters say of JSON: reads a pattern by the grammar that AWS documents, refuses what is not in it, and
// tells whether an event matches. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html

export type MetricFilter = (event: unknown) => boolean;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html */
const LONGEST = 1024;
const MOST_REGEXES = 2;
const MOST_WILDCARDS = 3;

/** Throws RangeError where the pattern is not in the grammar; what it returns throws where it is not documented what an event is to it. */
export function metricFilter(pattern: string): MetricFilter {
  if (pattern.length > LONGEST) throw new RangeError(`the pattern is longer than ${LONGEST} characters`);
  const tokens = tokensOf(pattern);
  const count = (kind: Token['kind'], has: (text: string) => boolean = () => true) =>
    tokens.filter((token) => token.kind === kind && has(token.text)).length;
  if (count('regex') > MOST_REGEXES) throw new RangeError(`more than ${MOST_REGEXES} regular expressions`);
  if (count('selector', (text) => text.includes('*')) > MOST_WILDCARDS)
    throw new RangeError(`more than ${MOST_WILDCARDS} selectors with a wildcard`);
  const reader = new Reader(tokens);
  reader.take('{');
  const filter = either(reader);
  reader.take('}');
  reader.end();
  return filter;
}

interface Token {
  readonly kind: 'selector' | 'string' | 'regex' | 'word' | 'sign';
  readonly text: string;
}

const TOKENS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['selector', /^\$(?:\.(?:[\w-]+|\*|\['[^']+'\])|\[(?:\d+|\*)\])+/],
  ['string', /^"([^"]*)"/],
  ['regex', /^%([^%]+)%/],
  ['sign', /^(?:&&|\|\||!=|<=|>=|[=<>(){}])/],
  ['word', /^[\w.+*-]+/],
];

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  let rest = pattern.trim();
  while (rest !== '') {
    const found = TOKENS.map(([kind, form]) => ({ kind, match: form.exec(rest) })).find(({ match }) => match);
    if (found?.match === undefined || found.match === null)
      throw new RangeError(`not in the grammar: ${rest.slice(0, 40)}`);
    const [whole, inner = whole] = found.match;
    tokens.push({ kind: found.kind, text: inner });
    rest = rest.slice(whole.length).trimStart();
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new RangeError('the pattern ends too soon');
    this.#at += 1;
    return token;
  }

  is(sign: string): boolean {
    const token = this.#tokens[this.#at];
    const isIt = token?.kind === 'sign' && token.text === sign;
    if (isIt) this.#at += 1;
    return isIt;
  }

  take(sign: string): void {
    if (!this.is(sign)) throw new RangeError(`"${sign}" is missing before ${this.#tokens[this.#at]?.text}`);
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new RangeError('the pattern goes on after its end');
  }
}

/** Parentheses bind before `&&`, and that before `||`. */
function either(reader: Reader): MetricFilter {
  const parts = [both(reader)];
  while (reader.is('||')) parts.push(both(reader));
  return (event) => parts.map((part) => part(event)).includes(true);
}

function both(reader: Reader): MetricFilter {
  const parts = [single(reader)];
  while (reader.is('&&')) parts.push(single(reader));
  return (event) => parts.every((part) => part(event));
}

function single(reader: Reader): MetricFilter {
  if (reader.is('(')) {
    const inner = either(reader);
    reader.take(')');
    return inner;
  }
  const selector = reader.next();
  if (selector.kind !== 'selector') throw new RangeError(`${selector.text} is no property selector`);
  const valuesOf = selected(selector.text);
  const operator = reader.next();
  const value = reader.next();
  // EXISTS and IS NOT are not supported.
  if (operator.text === 'NOT' && value.text === 'EXISTS') return (event) => valuesOf(event).length === 0;
  if (operator.text === 'IS') {
    const wanted = { NULL: null, TRUE: true, FALSE: false }[value.text];
    if (wanted === undefined) throw new RangeError(`IS ${value.text}`);
    return (event) => valuesOf(event).includes(wanted);
  }
  if (operator.kind !== 'sign') throw new RangeError(`${operator.text} is no operator`);
  return compared(valuesOf, operator.text, value);
}

function compared(valuesOf: (event: unknown) => unknown[], operator: string, value: Token): MetricFilter {
  if (value.kind === 'selector' || value.kind === 'sign') throw new RangeError(`${value.text} is no value`);
  if (operator === '=' || operator === '!=') {
    const fits = fitting(value);
    return (event) => {
      const nodes = valuesOf(event);
      // A selector that leads to an array or object never matches.
      const isAny = nodes.filter(isValueNode).some((node) => fits(node));
      if (operator === '=') return isAny;
      if (nodes.length === 0) throw new RangeError('what != says of what is not there is not documented');
      return nodes.every(isValueNode) && !isAny;
    };
  }
  const compare = ORDERS[operator];
  const number = Number(value.text);
  if (compare === undefined || value.kind !== 'word' || !NUMBER.test(value.text))
    throw new RangeError(`${operator} ${value.text} compares no number`);
  return (event) => valuesOf(event).some((node) => typeof node === 'number' && compare(node, number));
}

const NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const ORDERS: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

/** Letters, digits, some signs and operators; no parentheses, and nothing of several bytes. */
const REGEX = /^[A-Za-z0-9_#=@/;,:'^$?[\]{}|\\*+.-]+$/;

function fitting({ kind, text }: Token): (node: string | number) => boolean {
  if (kind === 'regex') {
    if (!REGEX.test(text)) throw new RangeError(`a regular expression has no ${text}`);
    const regex = new RegExp(text);
    return (node) => regex.test(String(node));
  }
  if (kind === 'word' && NUMBER.test(text))
    return (node) => (typeof node === 'number' ? node === Number(text) : node === text);
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`^${parts.join('.*')}$`, 's');
  return (node) => whole.test(String(node));
}

function isValueNode(node: unknown): node is string | number {
  return typeof node === 'string' || typeof node === 'number';
}

/** What a selector leads to: nothing where it is not there, several by a wildcard. */
function selected(selector: string): (event: unknown) => unknown[] {
  if ((selector.match(/\*/g)?.length ?? 0) > 1) throw new RangeError('a selector has one wildcard at most');
  const steps = [...selector.matchAll(/\.\['([^']+)'\]|\.([\w-]+|\*)|\[(\d+|\*)\]/g)].map(
    ([, quoted, name, index]) =>
      quoted !== undefined
        ? { name: quoted }
        : name !== undefined
          ? { name, isAll: name === '*' }
          : { index },
  );
  return (event) =>
    steps.reduce<unknown[]>(
      (nodes, step) =>
        nodes.flatMap((node) => {
          if (typeof node !== 'object' || node === null) return [];
          if ('index' in step && !Array.isArray(node)) return [];
          if (('isAll' in step && step.isAll === true) || ('index' in step && step.index === '*'))
            return Object.values(node);
          const name = ('index' in step ? step.index : step.name) ?? '';
          return Object.hasOwn(node, name) ? [(node as Record<string, unknown>)[name]] : [];
        }),
      [event],
    );
}
