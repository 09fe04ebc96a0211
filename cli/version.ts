// The version of this podtrail, as its package says.
import { createRequire } from 'node:module';

export function version(): string {
  const { version: found } = createRequire(import.meta.url)('#package.json') as { version: string };
  return found;
}
