// Leaves out the undefined members of an object: optional members may be absent, not undefined.

/** The same object without members that are undefined. */
export function compact<T extends Record<string, unknown>>(
  all: T,
): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
