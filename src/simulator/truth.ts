// Owns the simulator's own reading of the evidence ladder: from the plan and the facts of the whole trail to what each
// record can prove. It shares no code with src/identity, which tests compare with it.

import {
  type Claim,
  commonClaim,
  issuanceClaim,
  providerClaim,
  subjectKey,
  tagsClaim,
  tokenClaim,
  withoutPod,
} from './claims.ts';
import type { EventTruth, Evidence, Provable, TrueWorkload } from './event-truth.ts';
import type { IssuanceStart, TrailFacts } from './facts.ts';
import type { PlannedRecord } from './plan.ts';
import { conventionSplits, isPodIdentityName } from './session-names.ts';
import type { Session } from './sessions.ts';
import type { Pod, Provider, Role } from './world.ts';

interface Verdict {
  readonly provable: Provable;
  readonly evidence: Evidence | null;
  readonly says: Claim | null;
  readonly candidates: readonly Claim[];
}

const UNKNOWN: Verdict = { provable: 'unknown', evidence: null, says: null, candidates: [] };

export class Judge {
  private readonly facts: TrailFacts;
  private readonly withKey = new WeakMap<Session, Verdict>();
  private readonly withoutKey = new WeakMap<Session, Verdict>();
  private readonly workloads = new WeakMap<Pod, TrueWorkload>();

  constructor(facts: TrailFacts) {
    this.facts = facts;
  }

  judge(record: PlannedRecord, eventId: string): EventTruth {
    const { why, account, region } = record;
    const pod = podOf(record);
    return {
      event_id: eventId,
      recipient_account_id: account,
      aws_region: region,
      workload: pod ? this.workload(pod) : null,
      ...this.verdict(record),
      hops: pod ? hopsOf(record).map((role) => role.arn) : [],
      why,
    };
  }

  private verdict({ principal, action }: PlannedRecord): Verdict {
    switch (principal.kind) {
      case 'token':
        return exact('own-token', tokenClaim(principal.provider, principal.subject));
      case 'service': {
        const isTagged = action.kind === 'assume-role' && action.assumption.session?.isTagged;
        return isTagged && principal.pod ? exact('session-tags', tagsClaim(principal.pod)) : UNKNOWN;
      }
      case 'user':
        return UNKNOWN;
      case 'session':
        return principal.key === principal.session.key
          ? this.byKey(principal.session)
          : this.byStart(principal.session);
      case 'account':
        return principal.isTwinDelivered ? this.byTwin(principal.session, principal.hasKey) : UNKNOWN;
    }
  }

  /** The other account's copy proves what the caller's own copy does. */
  private byTwin(session: Session, hasKey: boolean): Verdict {
    return hasKey ? this.byKey(session) : this.byStart(session);
  }

  private byKey(session: Session): Verdict {
    const known = this.withKey.get(session);
    if (known) return known;
    const verdict = session.issuance === 'missing' ? this.byStart(session) : this.byIssuance(session);
    this.withKey.set(session, verdict);
    return verdict;
  }

  private byIssuance(session: Session): Verdict {
    if (session.parent === null) return exact('issued-key', issuanceClaim(session));
    if (session.issuance === 'target-copy') return UNKNOWN;
    const first = this.byKey(session.parent);
    return first.evidence === null ? UNKNOWN : { ...first, evidence: 'chained' };
  }

  private byStart(session: Session): Verdict {
    const known = this.withoutKey.get(session);
    if (known) return known;
    const shownStart = session.startedAt + session.startLag;
    const fitting = this.facts.issuancesAt(session.role, shownStart).filter((other) => fits(session, other));
    const verdict = fitting.length > 0 ? this.agreement(fitting) : this.byWholeTrail(session);
    this.withoutKey.set(session, verdict);
    return verdict;
  }

  private agreement(issuances: readonly IssuanceStart[]): Verdict {
    const verdicts = issuances.map(({ claim, unresolved }) =>
      unresolved ? this.byKey(unresolved) : exact('issued-key', claim),
    );
    if (verdicts.every(({ evidence }) => evidence === null)) return UNKNOWN;
    const claims = verdicts.flatMap(({ says }) => (says ? [says] : []));
    const says = claims.length === verdicts.length ? commonClaim(claims) : null;
    if (!says) {
      const more = verdicts.flatMap(({ candidates }) => candidates);
      return ambiguous('session-start', [...claims, ...more]);
    }
    const isExact = verdicts.every(({ provable }) => provable === 'exact');
    return isExact ? exact('session-start', says) : inferred('session-start', says);
  }

  private byWholeTrail(session: Session): Verdict {
    const { role, provider, name } = session;
    if (!provider) return isPodIdentityName(name) ? byRole(this.facts.podIdentityClaims(role)) : UNKNOWN;
    const subjects = this.facts.webIdentitySubjects(role, provider);
    if (subjects.size > 0) return byRole([...subjects.values()]);
    const splits = conventionSplits(name);
    if (splits.length > 0) return this.byName(provider, splits);
    const servesPods = provider.isEks || this.facts.subjectsOf(provider).size > 0;
    return servesPods ? inferred('provider', providerClaim(provider)) : UNKNOWN;
  }

  private byName(provider: Provider, splits: readonly string[]): Verdict {
    const subjects = this.facts.subjectsOf(provider);
    const known = splits.flatMap((subject) => subjects.get(subject) ?? []);
    const [says] = known;
    if (says && known.length === 1) return inferred('session-name', says);
    return ambiguous(
      'session-name',
      splits.flatMap((subject) => tokenClaim(provider, subject) ?? []),
    );
  }

  private workload(pod: Pod): TrueWorkload {
    const known = this.workloads.get(pod);
    if (known) return known;
    const { cluster, provider, namespace, serviceAccount, mechanism } = pod.workload;
    const workload = {
      cluster_id: provider?.arn ?? cluster.arn,
      cluster: provider?.issuer ?? cluster.name,
      namespace,
      service_account: serviceAccount,
      pod: pod.name,
      pod_uid: pod.uid,
      mechanism,
    };
    this.workloads.set(pod, workload);
    return workload;
  }
}

function exact(evidence: Evidence, says: Claim | null): Verdict {
  return says ? { provable: 'exact', evidence, says, candidates: [] } : UNKNOWN;
}

function inferred(evidence: Evidence, says: Claim): Verdict {
  return { provable: 'inferred', evidence, says, candidates: [] };
}

function ambiguous(evidence: Evidence, candidates: readonly Claim[]): Verdict {
  const bySubject = new Map(candidates.map((claim) => [subjectKey(claim), withoutPod(claim)]));
  return { provable: 'ambiguous', evidence, says: null, candidates: [...bySubject.values()] };
}

function byRole(claims: readonly (Claim | null)[]): Verdict {
  const subjects = new Map(claims.map((claim) => [claim ? subjectKey(claim) : '', claim]));
  const [only = null] = subjects.values();
  if (subjects.size > 1) {
    return ambiguous(
      'role-subject',
      claims.flatMap((claim) => claim ?? []),
    );
  }
  return only ? inferred('role-subject', withoutPod(only)) : UNKNOWN;
}

/** Whether a delivered issuance may be the one that began the session, by all that a record without its key shows. */
function fits(session: Session, issuance: IssuanceStart): boolean {
  if (issuance.provider !== session.provider) return false;
  return issuance.sessionName === null || issuance.sessionName === session.name;
}

function podOf({ principal }: PlannedRecord): Pod | null {
  switch (principal.kind) {
    case 'session':
    case 'account':
      return principal.session.pod;
    case 'token':
    case 'service':
      return principal.pod;
    case 'user':
      return null;
  }
}

function hopsOf({ principal, action }: PlannedRecord): readonly Role[] {
  if (principal.kind === 'session' || principal.kind === 'account') return principal.session.roles;
  return action.kind === 'web-identity' || action.kind === 'assume-role' ? [action.assumption.role] : [];
}
