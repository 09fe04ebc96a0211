// How session names are read that follow a convention: podtrail's own patterns for pod names, and patterns of the user's.
// A pattern becomes one expression per thing it names, each with a single group, since SQL engines know no named groups.
import { PodtrailError } from '../errors.ts';

/** Raised when a configured pattern can't be used; the message names the pattern and the remedy. */
export class SessionNamePatternError extends PodtrailError {
  constructor(pattern: string, fault: string) {
    super('session-name-pattern', `the session name pattern ${JSON.stringify(pattern)} ${fault}`);
  }
}

/** One row of the relation `session_name_patterns`: expressions for RE2 and Java, each with one group. */
export interface SessionNamePattern {
  namespace_pattern: string | null;
  service_account_pattern: string | null;
  pod_pattern: string | null;
  /** Names that fit this are left alone; null of configured patterns. */
  except_pattern: string | null;
  /** What a pod candidate found by it is labelled with. */
  reason: string;
}

const GENERATED = 'the session name reads like a generated pod name';

/**
 * Names that Kubernetes generates: Deployment (hash of the ReplicaSet, then five characters without vowels, so that no
 * words arise: k8s.io/apimachinery/pkg/util/rand), DaemonSet and Job, StatefulSet (an ordinal). Names after the
 * convention `eks-<namespace>-<serviceaccount>-<suffix>` end alike and are read as that.
 */
export const BUILT_IN_PATTERNS: readonly SessionNamePattern[] = [
  '^([a-z0-9][-a-z0-9.]*-(?:[0-9a-f]{8,10}|[bcdfghjklmnpqrstvwxz0-9]{6,10})-[a-z0-9]{5})$',
  '^([a-z0-9][-a-z0-9.]*-[bcdfghjklmnpqrstvwxz2456789]{5})$',
  '^([a-z][-a-z0-9.]*-[0-9]{1,3})$',
].map((pod_pattern) => ({
  namespace_pattern: null,
  service_account_pattern: null,
  pod_pattern,
  except_pattern: '^eks-',
  reason: GENERATED,
}));

/** podtrail's own patterns, and the configured ones behind them. Throws SessionNamePatternError as `readSessionNamePattern` does. */
export function sessionNamePatterns(configured: readonly string[]): SessionNamePattern[] {
  return [...BUILT_IN_PATTERNS, ...configured.map(readSessionNamePattern)];
}

const NAMES = ['namespace', 'service_account', 'pod'] as const;
type Name = (typeof NAMES)[number];

/**
 * Reads a configured pattern, a regular expression with the named groups `namespace` and `service_account`, `pod`, or all
 * three. Throws SessionNamePatternError where it names neither, or uses what RE2 or Java's expressions do not share.
 */
function readSessionNamePattern(pattern: string): SessionNamePattern {
  try {
    new RegExp(pattern, 'u');
  } catch {
    throw new SessionNamePatternError(pattern, 'is no regular expression');
  }
  if (/\(\?(?:=|!|<=|<!)|\\[1-9]|\\k</.test(pattern)) {
    throw new SessionNamePatternError(
      pattern,
      'looks around or back, which the query engines cannot: write it without',
    );
  }
  if (/\[\^?\]|\\[ucpP]/.test(pattern)) {
    throw new SessionNamePatternError(
      pattern,
      'has an empty class, or one by \\u, \\c or \\p, which the query engines read otherwise: write it without',
    );
  }
  const groups = [...pattern.matchAll(/\(\?<([^>=!]+)>/g)].map(([, name]) => name ?? '');
  const unknown = groups.find((name) => !NAMES.includes(name as Name));
  if (unknown !== undefined) {
    throw new SessionNamePatternError(
      pattern,
      `names a group "${unknown}": the groups are ${NAMES.join(', ')}`,
    );
  }
  const has = (name: Name) => groups.includes(name);
  if (has('namespace') !== has('service_account')) {
    throw new SessionNamePatternError(pattern, 'names a namespace or a service_account without the other');
  }
  if (groups.length === 0)
    throw new SessionNamePatternError(pattern, `names nothing: give it a group such as (?<pod>…)`);
  const only = (name: Name) => (has(name) ? withOnlyGroup(pattern, name) : null);
  return {
    namespace_pattern: only('namespace'),
    service_account_pattern: only('service_account'),
    pod_pattern: only('pod'),
    except_pattern: null,
    reason: 'the session name fits a configured pattern',
  };
}

/** The same expression in which `name` is the one group that captures. */
function withOnlyGroup(pattern: string, name: Name): string {
  let text = '';
  let isInClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '\\') {
      text += char + (pattern[++at] ?? '');
      continue;
    }
    if (char === '[') isInClass = true;
    if (char === ']') isInClass = false;
    if (char !== '(' || isInClass) {
      text += char;
      continue;
    }
    const named = /^\(\?<([^>]+)>/.exec(pattern.slice(at));
    if (named !== null) {
      text += named[1] === name ? '(' : '(?:';
      at += named[0].length - 1;
    } else {
      text += pattern[at + 1] === '?' ? '(' : '(?:';
    }
  }
  return text;
}
