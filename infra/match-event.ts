// Matches an event against a rule's pattern as EventBridge does, as far as this stack's rules go; another operator is an error.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html

/** Leaves are lists of what a value may be; `$or` is a list of patterns. */
export interface EventPattern {
  readonly [name: string]: EventPattern | readonly Leaf[] | readonly EventPattern[];
}

type Leaf = string | { wildcard: string } | { prefix: string } | { suffix: string } | { exists: boolean };

export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or') return (wanted as readonly EventPattern[]).some((one) => matches(one, event));
    const value = (event as Record<string, unknown> | null)?.[name] ?? null;
    if (Array.isArray(wanted)) return wanted.some((leaf: Leaf) => fits(leaf, value));
    return typeof value === 'object' && matches(wanted as EventPattern, value);
  });
}

function fits(leaf: Leaf, value: unknown): boolean {
  if (typeof leaf === 'string') return value === leaf;
  if ('exists' in leaf) return (value !== null) === leaf.exists;
  if ('prefix' in leaf) return typeof value === 'string' && value.startsWith(leaf.prefix);
  if ('suffix' in leaf) return typeof value === 'string' && value.endsWith(leaf.suffix);
  if (!('wildcard' in leaf))
    throw new RangeError(`a pattern has ${JSON.stringify(leaf)}, which is not known here`);
  const parts = leaf.wildcard.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return typeof value === 'string' && new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}
