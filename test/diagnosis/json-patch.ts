// Applies JSON patches as RFC 6902 has it, independently of src/diagnosis, and refuses what the RFC refuses.
import { expect } from 'vitest';

type Container = Record<string, unknown>;

export function applied(document: unknown, patch: readonly object[]): unknown {
  const root = { document: structuredClone(document) } as Container;
  for (const operation of patch as readonly { op: string; path: string; from?: string; value?: unknown }[]) {
    const { op, path, from } = operation;
    const [parent, name] = placeOf(root, path);
    if (op === 'add') insert(parent, name, operation.value);
    else if (op === 'replace') {
      expect(parent).toHaveProperty([name]);
      parent[name] = operation.value;
    } else if (op === 'move') {
      const [source, sourceName] = placeOf(root, from ?? '');
      expect(source).toHaveProperty([sourceName]);
      const value = source[sourceName];
      delete source[sourceName];
      insert(parent, name, value);
    } else throw new Error(`there is no operation ${op}`);
  }
  return root.document;
}

function insert(parent: Container, name: string, value: unknown): void {
  if (!Array.isArray(parent)) parent[name] = value;
  else parent.splice(name === '-' ? parent.length : Number(name), 0, value);
}

function placeOf(root: Container, path: string): [parent: Container, name: string] {
  const names = `/document${path}`
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const parent = names.slice(0, -1).reduce<unknown>((value, name) => {
    expect(value).toHaveProperty([name]);
    return (value as Container)[name];
  }, root);
  return [parent as Container, names.at(-1) ?? ''];
}
