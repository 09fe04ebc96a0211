// The types of bundle.mjs, for the programs that are written in TypeScript.
export function bundle(file: string): Promise<{ module: Uint8Array; zip: Uint8Array }>;
