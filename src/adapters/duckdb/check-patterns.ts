// Holds session name patterns against the expressions that DuckDB takes, before anything is read.
import { type SessionNamePattern, SessionNamePatternError } from '../../identity/session-name-patterns.ts';
import type { Store } from './store.ts';

/** Throws SessionNamePatternError where RE2 refuses one, as it does repetitions above a thousand. https://github.com/google/re2/wiki/Syntax */
export async function checkPatterns(store: Store, patterns: readonly SessionNamePattern[]): Promise<void> {
  for (const { namespace_pattern, service_account_pattern, pod_pattern } of patterns) {
    for (const pattern of [namespace_pattern, service_account_pattern, pod_pattern]) {
      if (pattern === null) continue;
      await store.all('select regexp_matches(?, ?)', ['', pattern]).catch((error: Error) => {
        throw new SessionNamePatternError(pattern, `is refused by DuckDB (${error.message.split('\n')[0]})`);
      });
    }
  }
}
