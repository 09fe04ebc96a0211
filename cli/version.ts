// podtrail's version, from package.json.
import { createRequire } from 'node:module';

export function version(): string {
  const { version: found } = createRequire(import.meta.url)('#package.json') as { version: string };
  return found;
}
