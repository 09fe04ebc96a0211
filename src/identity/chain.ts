// Owns the way back from a session to the issuances that began its chain of roles, through callers' own sessions. It ends early
// at a session that inherited its root when it was written (src/identity/inherit.ts).
// The same in SQL: queries/models/session-roots.sql and, repeated until nothing is added, queries/models/chain-step.sql.
import { extend, type Root, rootAt } from './root.ts';
import type { FindSessionLinks, IssuedSession } from './session-links.ts';

/** A session on the way, the sessions that its holder may have begun, and the roots that are known of it so far. */
interface Step {
  readonly session: IssuedSession;
  readonly next: Step[];
  readonly roots: Map<string, Root>;
}

/**
 * The roots of each session, in the order given. A chain may be of whatever depth and cross accounts: the caller's account
 * records the key of the new session wherever the role is. A session that only leads back to itself has no root.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export async function rootsOf(
  sessions: readonly IssuedSession[],
  findLinks: FindSessionLinks,
): Promise<Root[][]> {
  const reached = new Map<string, Step>();
  const waiting: Step[] = [];
  const stepAt = (session: IssuedSession): Step => {
    const known = reached.get(session.id);
    if (known !== undefined) return known;
    const step = { session, next: [], roots: new Map() };
    reached.set(session.id, step);
    waiting.push(step);
    return step;
  };
  const last = sessions.map(stepAt);
  const first: Step[] = [];
  const climb = async (step: Step) => {
    const before = await sessionsBefore(step.session, findLinks);
    if (before.length === 0) first.push(step);
    for (const session of before) stepAt(session).next.push(step);
  };
  // Each session is climbed from once, so that a circle ends.
  while (waiting.length > 0) await Promise.all(waiting.splice(0).map(climb));
  descend(first);
  return last.map(({ roots }) => [...roots.values()]);
}

async function sessionsBefore(
  session: IssuedSession,
  findLinks: FindSessionLinks,
): Promise<readonly IssuedSession[]> {
  if (session.mechanism !== 'assumed' || inheritedBy(session) !== null) return [];
  return (await findLinks(session.caller))?.sessions ?? [];
}

function inheritedBy({ inherited }: IssuedSession): Root | null {
  return inherited === 'disputed' ? null : inherited;
}

/**
 * Carries each root down to the sessions that follow from it. What is known of a session and a root changes twice at most,
 * from nothing to one way and from that to several, so that circles end here, too.
 */
function descend(first: readonly Step[]): void {
  const arriving = first.map((step) => ({ step, root: inheritedBy(step.session) ?? rootAt(step.session) }));
  for (let arrival = arriving.pop(); arrival !== undefined; arrival = arriving.pop()) {
    const { step, root } = arrival;
    const before = step.roots.get(root.issuance.id);
    const after = before === undefined ? root : merge(before, root);
    if (after === before) continue;
    step.roots.set(root.issuance.id, after);
    for (const next of step.next) arriving.push({ step: next, root: extend(after, next.session) });
  }
}

function merge(before: Root, root: Root): Root {
  if (before.hops === null || JSON.stringify(before.hops) === JSON.stringify(root.hops)) return before;
  return { issuance: before.issuance, hops: null };
}
