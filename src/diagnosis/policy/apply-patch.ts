// JSON patches (RFC 6902), as far as podtrail makes them: added, replaced and renamed members.

export type PatchOperation =
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'move'; from: string; path: string };

/** The document with the patch, as a copy. Throws TypeError where a path does not exist, which would be a mistake of ours. */
export function applyPatch(document: unknown, patch: readonly PatchOperation[]): unknown {
  const copy: unknown = structuredClone(document);
  for (const operation of patch) {
    if (operation.op === 'move') {
      const { parent, name } = find(copy, operation.from);
      const value = parent[name];
      delete parent[name];
      put(copy, operation.path, value);
    } else put(copy, operation.path, operation.value);
  }
  return copy;
}

/** `-` at the end of a path is the place behind a list. */
function put(document: unknown, path: string, value: unknown): void {
  const { parent, name } = find(document, path);
  if (Array.isArray(parent) && name === '-') parent.push(value);
  else parent[name] = value;
}

function find(document: unknown, path: string): { parent: Record<string, unknown>; name: string } {
  const names = path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = names.pop();
  let parent = document;
  for (const step of names) parent = (parent as Record<string, unknown>)[step];
  if (name === undefined || typeof parent !== 'object' || parent === null)
    throw new TypeError(`a patch has no path ${path}`);
  return { parent: parent as Record<string, unknown>, name };
}

/** `/Statement/0/Condition/StringEquals/…`, with slashes inside a name escaped (RFC 6901). */
export function pointer(...names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
