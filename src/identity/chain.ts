// Owns the way back from a session to the issuances that began its chain of roles, through callers' own sessions.
// The same in SQL: queries/models/session-roots.sql and, repeated until nothing is added, queries/models/chain-step.sql.
import { hopsOf, type Issuance } from './issuance.ts';
import type { FindSessionLinks, IssuedSession } from './session-links.ts';

/** An issuance that begins a chain: it names its workload itself, or its caller's session is not known. */
export interface Root {
  readonly issuance: Issuance;
  /** Role ARNs from the first to the session's own; null where more than one way leads here, which have two roles or more. */
  readonly hops: readonly string[] | null;
}

/** A session, and the sessions of which its caller's may be one. */
interface Link {
  readonly session: IssuedSession;
  readonly parents: readonly IssuedSession[];
}

/**
 * The roots of each session, in the order given. A chain has any depth and crosses accounts, because the caller's account
 * records the key of the new session wherever the role is. A session that only leads back to itself has no root.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export async function rootsOf(
  sessions: readonly IssuedSession[],
  findLinks: FindSessionLinks,
): Promise<Root[][]> {
  const roots = descend(await climb(sessions, findLinks));
  return sessions.map(({ id }) => [...(roots.get(id)?.values() ?? [])]);
}

/** The sessions themselves and all that come before them, each once, so that a circle ends. */
async function climb(sessions: readonly IssuedSession[], findLinks: FindSessionLinks): Promise<Link[]> {
  const links = new Map<string, Link>();
  for (let level = sessions; level.length > 0; ) {
    const unseen = new Map(level.filter(({ id }) => !links.has(id)).map((session) => [session.id, session]));
    const found = await Promise.all([...unseen.values()].map((session) => toLink(session, findLinks)));
    for (const link of found) links.set(link.session.id, link);
    level = found.flatMap(({ parents }) => parents);
  }
  return [...links.values()];
}

async function toLink(session: IssuedSession, findLinks: FindSessionLinks): Promise<Link> {
  const links = session.mechanism === 'assumed' ? await findLinks(session.caller) : null;
  return { session, parents: links?.sessions ?? [] };
}

type RootsBySession = Map<string, Map<string, Root>>;

/**
 * Carries each root down to the sessions that follow from it. What is known of a session and a root changes twice at most,
 * from nothing to one way and from that to several, so that circles end here, too.
 */
function descend(links: readonly Link[]): RootsBySession {
  const children = childrenIn(links);
  const known: RootsBySession = new Map(links.map(({ session }) => [session.id, new Map()]));
  const arriving = links.filter(({ parents }) => parents.length === 0).map(({ session }) => beginAt(session));
  for (let next = arriving.pop(); next !== undefined; next = arriving.pop()) {
    const { session, root } = next;
    const roots = known.get(session.id);
    const before = roots?.get(root.issuance.id);
    const after = before === undefined ? root : merge(before, root);
    if (after === before) continue;
    roots?.set(root.issuance.id, after);
    for (const child of children.get(session.id) ?? []) arriving.push(extend(after, child));
  }
  return known;
}

function childrenIn(links: readonly Link[]): Map<string, IssuedSession[]> {
  const children = new Map<string, IssuedSession[]>();
  for (const { session, parents } of links) {
    for (const { id } of parents) {
      const siblings = children.get(id) ?? [];
      siblings.push(session);
      children.set(id, siblings);
    }
  }
  return children;
}

/** A root on its way down, at the session that it has come to. */
interface Arrival {
  readonly session: IssuedSession;
  readonly root: Root;
}

function beginAt(session: IssuedSession): Arrival {
  return { session, root: { issuance: session, hops: hopsOf(session) } };
}

function extend({ issuance, hops }: Root, session: IssuedSession): Arrival {
  return { session, root: { issuance, hops: hops && [...hops, session.roleArn] } };
}

function merge(before: Root, root: Root): Root {
  if (before.hops === null || JSON.stringify(before.hops) === JSON.stringify(root.hops)) return before;
  return { issuance: before.issuance, hops: null };
}
