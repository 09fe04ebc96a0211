// Matches an event against a rule's pattern as EventBridge does, as far as this stack's rules go; another operator is an error.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html

/** Leaves are lists of what a value may be. */
export interface EventPattern {
  readonly [name: string]: EventPattern | readonly Leaf[];
}

type Leaf = string | { wildcard: string } | { suffix: string };

export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = (event as Record<string, unknown> | null)?.[name] ?? null;
    if (Array.isArray(wanted)) return wanted.some((leaf: Leaf) => fits(leaf, value));
    return typeof value === 'object' && matches(wanted as EventPattern, value);
  });
}

function fits(leaf: Leaf, value: unknown): boolean {
  if (typeof leaf === 'string') return value === leaf;
  if ('suffix' in leaf) return typeof value === 'string' && value.endsWith(leaf.suffix);
  if (!('wildcard' in leaf))
    throw new RangeError(`a pattern has ${JSON.stringify(leaf)}, which is not known here`);
  const parts = leaf.wildcard.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return typeof value === 'string' && new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}
