// Owns what the whole trail says about roles and providers: gathered in one pass over the plan, before any text is made.
// The evidence rungs that look beyond a single session (same start, one subject per role) are judged by these facts.

import { type Claim, issuanceClaim, subjectKey } from './claims.ts';
import type { PlannedRecord } from './plan.ts';
import type { Session } from './sessions.ts';
import type { Provider, Role } from './world.ts';

interface PlainAssumptions {
  readonly claims: Map<string, Claim>;
  /** Whether each successful AssumeRole was EKS Auth's, with tags. */
  onlyTaggedPods: boolean;
}

export class TrailFacts {
  private readonly webIdentity = new Map<Role, Map<Provider, Map<string, Claim | null>>>();
  private readonly plain = new Map<Role, PlainAssumptions>();
  private readonly subjects = new Map<Provider, Map<string, Claim>>();
  private readonly starts = new Map<number, Session[]>();

  /** Takes in one record of the delivered trail. */
  add({ action, principal }: PlannedRecord): void {
    if (action.kind !== 'web-identity' && action.kind !== 'assume-role') return;
    const { role, session } = action.assumption;
    if (!session) return;
    if (principal.kind !== 'account' || session.issuance === 'target-copy') this.addStart(session);
    if (action.kind === 'web-identity') this.addWebIdentity(session);
    else this.addPlain(role, session, principal.kind === 'service' && session.isTagged);
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
  issuancesAt(role: Role, startedAt: number): readonly Session[] {
    return this.starts.get(startKey(role, startedAt)) ?? [];
  }

  private addStart(session: Session): void {
    const key = startKey(session.role, session.startedAt);
    const others = this.starts.get(key);
    if (others) others.push(session);
    else this.starts.set(key, [session]);
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

function startKey(role: Role, startedAt: number): number {
  return role.index * 0x10_0000_0000 + startedAt / 1000;
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
}
