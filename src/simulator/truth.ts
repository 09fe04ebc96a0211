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
import { type IssuanceStart, pathKey, type TrailFacts } from './facts.ts';
import type { Action, PlannedRecord } from './plan.ts';
import { conventionSplits, isPodIdentityName } from './session-names.ts';
import type { Session } from './sessions.ts';
import type { Pod, Provider, Role } from './world.ts';

/** Roles one after the other, from the first that the evidence shows to the calling one. */
type Path = readonly Role[];

/** What the evidence says, without regard to how the caller came by its role. */
interface Finding {
  readonly provable: Provable;
  readonly evidence: Evidence | null;
  readonly says: Claim | null;
  readonly candidates: readonly Claim[];
}

interface Verdict extends Finding {
  /** Every path by which the caller may have come by its role; all of them end there. */
  readonly paths: readonly Path[];
}

const UNKNOWN: Finding = { provable: 'unknown', evidence: null, says: null, candidates: [] };

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
    const { provable, evidence, says, candidates, paths } = this.verdict(record);
    return {
      event_id: eventId,
      recipient_account_id: account,
      aws_region: region,
      workload: pod ? this.workload(pod) : null,
      provable,
      evidence,
      says,
      candidates,
      hops: provable === 'unknown' ? [] : hopsOf(paths),
      why,
    };
  }

  private verdict({ principal, action }: PlannedRecord): Verdict {
    switch (principal.kind) {
      case 'token':
        return along(
          [rolesAskedFor(action)],
          exact('own-token', tokenClaim(principal.provider, principal.subject)),
        );
      case 'service': {
        const isTagged = action.kind === 'assume-role' && action.assumption.session?.isTagged;
        const says = isTagged && principal.pod ? tagsClaim(principal.pod) : null;
        return along([rolesAskedFor(action)], exact('session-tags', says));
      }
      case 'user':
        return along([], UNKNOWN);
      case 'session':
        if (principal.bucketKey?.isDelivered === false) return along([], UNKNOWN);
        return principal.bucketKey || principal.key === principal.session.key
          ? this.byKey(principal.session)
          : this.byStart(principal.session);
      case 'account':
        return principal.isTwinDelivered
          ? this.byTwin(principal.session, principal.hasKey)
          : along([], UNKNOWN);
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
    const { role, parent } = session;
    if (parent === null) return along([[role]], exact('issued-key', issuanceClaim(session)));
    if (session.issuance === 'target-copy') return along([[role]], UNKNOWN);
    const first = this.byKey(parent);
    const finding: Finding = first.evidence === null ? UNKNOWN : { ...first, evidence: 'chained' };
    return along(extended(first.paths, [role]), finding);
  }

  private byStart(session: Session): Verdict {
    const known = this.withoutKey.get(session);
    if (known) return known;
    const shownStart = session.startedAt + session.startLag;
    const fitting = this.facts.issuancesAt(session.role, shownStart).filter((other) => fits(session, other));
    const verdict =
      fitting.length > 0 ? this.agreement(fitting) : along([[session.role]], this.byWholeTrail(session));
    this.withoutKey.set(session, verdict);
    return verdict;
  }

  private agreement(issuances: readonly IssuanceStart[]): Verdict {
    const verdicts = issuances.map((issuance) => this.byPlace(issuance));
    return along(
      verdicts.flatMap(({ paths }) => paths),
      agreed(verdicts),
    );
  }

  /** What an issuance says that was found by its role and second. */
  private byPlace({ claim, unresolved, path }: IssuanceStart): Verdict {
    if (!unresolved) return along([path], exact('issued-key', claim));
    const first = this.byKey(unresolved);
    return along(extended(first.paths, path.slice(1)), first);
  }

  private byWholeTrail(session: Session): Finding {
    const { role, provider, name } = session;
    if (!provider) return isPodIdentityName(name) ? byRole(this.facts.podIdentityClaims(role)) : UNKNOWN;
    const subjects = this.facts.webIdentitySubjects(role, provider);
    if (subjects.size > 0) return byRole([...subjects.values()]);
    const splits = conventionSplits(name);
    if (splits.length > 0) return this.byName(provider, splits);
    const servesPods = provider.isEks || this.facts.subjectsOf(provider).size > 0;
    return servesPods ? inferred('provider', providerClaim(provider)) : UNKNOWN;
  }

  private byName(provider: Provider, splits: readonly string[]): Finding {
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
      cluster_id: provider?.clusterId ?? cluster.arn,
      cluster: provider?.clusterName ?? cluster.name,
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

function along(paths: readonly Path[], finding: Finding): Verdict {
  const { provable, evidence, says, candidates } = finding;
  return { provable, evidence, says, candidates, paths };
}

function extended(paths: readonly Path[], further: Path): Path[] {
  return paths.map((path) => [...path, ...further]);
}

/** What may be said when any of the issuances may be the one. */
function agreed(findings: readonly Finding[]): Finding {
  if (findings.every(({ evidence }) => evidence === null)) return UNKNOWN;
  const claims = findings.flatMap(({ says }) => (says ? [says] : []));
  const says = claims.length === findings.length ? commonClaim(claims) : null;
  if (!says) {
    const more = findings.flatMap(({ candidates }) => candidates);
    return ambiguous('session-start', [...claims, ...more]);
  }
  const isExact = findings.every(({ provable }) => provable === 'exact');
  return isExact ? exact('session-start', says) : inferred('session-start', says);
}

function exact(evidence: Evidence, says: Claim | null): Finding {
  return says ? { provable: 'exact', evidence, says, candidates: [] } : UNKNOWN;
}

function inferred(evidence: Evidence, says: Claim): Finding {
  return { provable: 'inferred', evidence, says, candidates: [] };
}

function ambiguous(evidence: Evidence, candidates: readonly Claim[]): Finding {
  const bySubject = new Map(candidates.map((claim) => [subjectKey(claim), withoutPod(claim)]));
  return { provable: 'ambiguous', evidence, says: null, candidates: [...bySubject.values()] };
}

function byRole(claims: readonly (Claim | null)[]): Finding {
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
  return issuance.provider === session.provider && issuance.sessionName === session.name;
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

/** The roles of an issuance's own record: the one asked for. */
function rolesAskedFor(action: Action): Path {
  return action.kind === 'web-identity' || action.kind === 'assume-role' ? [action.assumption.role] : [];
}

/** The one path that all evidence shows; else no more than the calling role, with which all end. */
function hopsOf(paths: readonly Path[]): string[] {
  const [path = []] = paths;
  const isOne = paths.every((other) => pathKey(other) === pathKey(path));
  return (isOne ? path : path.slice(-1)).map((role) => role.arn);
}
