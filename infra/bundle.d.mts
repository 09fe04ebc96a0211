// The types of bundle.mjs, for the programs that are written in TypeScript.
/** Files by their path; one is index.mjs. */
export function bundle(
  file: string,
): Promise<{ files: Record<string, Uint8Array> & { 'index.mjs': Uint8Array }; zip: Uint8Array }>;
