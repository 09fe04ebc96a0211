// Owns what the whole trail says about roles and providers: gathered in one pass over the plan, before any text is made.
// The evidence rungs that look beyond a single session (same start, one subject per role) are judged by these facts.

import { type Claim, issuanceClaim, subjectKey } from './claims.ts';
import type { PlannedRecord } from './plan.ts';
import type { Session } from './sessions.ts';
import type { Provider, Role } from './world.ts';

/**
 * A delivered issuance as far as a record without its key can be held against it. Sessions themselves are not kept: a long
 * trail has hundreds of thousands.
 */
export interface IssuanceStart {
  readonly sessionName: string;
  /** The provider of a web identity. */
  readonly provider: Provider | null;
  /** The workload to which the issuance leads back, if its whole chain is delivered. */
  readonly claim: Claim | null;
  /** The session whose own issuance is missing, if the chain leads back to one. */
  readonly unresolved: Session | null;
  /** From the first role, or that of `unresolved`, to the role itself, as far as the delivered issuances tell. */
  readonly path: readonly Role[];
  /** Another issuance for the role in the same second. */
  readonly next: IssuanceStart | null;
}

interface PlainAssumptions {
  readonly claims: Map<string, Claim>;
  /** Whether each successful AssumeRole was EKS Auth's, with tags. */
  onlyTaggedPods: boolean;
}

export class TrailFacts {
  private readonly webIdentity = new Map<Role, Map<Provider, Map<string, Claim | null>>>();
  private readonly plain = new Map<Role, PlainAssumptions>();
  private readonly subjects = new Map<Provider, Map<string, Claim>>();
  private readonly starts = new Map<number, IssuanceStart>();
  /** Each path once: a long trail has many sessions, but few paths. */
  private readonly paths = new Map<string, readonly Role[]>();

  /** Takes in one record of the delivered trail. */
  add({ action, principal }: PlannedRecord): void {
    if (action.kind !== 'web-identity' && action.kind !== 'assume-role') return;
    const { role, session } = action.assumption;
    if (!session) return;
    if (action.kind === 'web-identity') this.addWebIdentity(session);
    else this.addPlain(role, session, principal.kind === 'service' && session.isTagged);
    if (principal.kind !== 'account' || session.issuance === 'target-copy') this.addStart(session);
  }

  /** The role's web-identity subjects, null for one that is no Kubernetes subject. */
  webIdentitySubjects(role: Role, provider: Provider): ReadonlyMap<string, Claim | null> {
    return this.webIdentity.get(role)?.get(provider) ?? new Map();
  }

  /** The workloads that assumed the role through Pod Identity, if nobody else did. */
  podIdentityClaims(role: Role): readonly Claim[] {
    const plain = this.plain.get(role);
    return plain?.onlyTaggedPods ? [...plain.claims.values()] : [];
  }

  /** The Kubernetes subjects to which the provider's tokens were exchanged for a session anywhere in the trail. */
  subjectsOf(provider: Provider): ReadonlyMap<string, Claim> {
    return this.subjects.get(provider) ?? new Map();
  }

  /** The delivered issuances for the role in that second. */
  issuancesAt(role: Role, startedAt: number): IssuanceStart[] {
    const found: IssuanceStart[] = [];
    let start = this.starts.get(startKey(role, startedAt)) ?? null;
    for (; start; start = start.next) found.push(start);
    return found;
  }

  private addStart(session: Session): void {
    const key = startKey(session.role, session.startedAt);
    const { first, isTraceable } = origin(session);
    const isResolved = isTraceable && first.issuance === 'delivered';
    this.starts.set(key, {
      sessionName: session.name,
      provider: session.provider,
      claim: isResolved ? this.knownClaim(first) : null,
      unresolved: isTraceable && !isResolved ? first : null,
      path: this.knownPath(session.roles.slice(first.roles.length - 1)),
      next: this.starts.get(key) ?? null,
    });
  }

  private knownPath(path: readonly Role[]): readonly Role[] {
    return entry(this.paths, pathKey(path), () => path);
  }

  private knownClaim(session: Session): Claim | null {
    const { provider, subject } = session;
    const known = provider && subject !== null ? this.subjects.get(provider)?.get(subject) : undefined;
    return known ?? issuanceClaim(session);
  }

  private addWebIdentity(session: Session): void {
    const { role, provider, subject } = session;
    if (!provider || subject === null) return;
    const claim = issuanceClaim(session);
    const byProvider = entry(this.webIdentity, role, () => new Map());
    entry(byProvider, provider, () => new Map()).set(subject, claim);
    if (claim) entry(this.subjects, provider, () => new Map()).set(subject, claim);
  }

  private addPlain(role: Role, session: Session, isTaggedPod: boolean): void {
    const plain = entry(this.plain, role, () => ({ claims: new Map(), onlyTaggedPods: true }));
    const claim = isTaggedPod ? issuanceClaim(session) : null;
    if (claim) plain.claims.set(subjectKey(claim), claim);
    else plain.onlyTaggedPods = false;
  }
}

/** Equal for paths through the same roles. */
export function pathKey(path: readonly Role[]): string {
  return path.map(({ index }) => index).join();
}

function startKey(role: Role, startedAt: number): number {
  return role.index * 0x10_0000_0000 + startedAt / 1000;
}

/** The session at which the chain begins, or the nearest one whose issuance is missing; traceable while callers are known. */
function origin(session: Session): { first: Session; isTraceable: boolean } {
  let first = session;
  while (first.issuance !== 'missing' && first.parent) {
    if (first.issuance === 'target-copy') return { first, isTraceable: false };
    first = first.parent;
  }
  return { first, isTraceable: true };
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
}
