// Runs async work over items, some at a time; reports the first failure after all that began have ended.

const AT_ONCE = 16;

/** Throws the first failure, once the rest has ended. */
export async function each<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<unknown>,
  atOnce = AT_ONCE,
): Promise<void> {
  const all = [...items];
  const left = all.values();
  const one = async () => {
    // One iterator for all, so that each item is taken once.
    for (const item of left) await work(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(atOnce, all.length) }, one));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
