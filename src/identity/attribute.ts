// Owns the evidence ladder on the live path: from one record and the ledger to the workload behind it.
// The same in SQL: queries/models/judgements.sql, judged-assumptions.sql, judged-twins.sql and call-attributions.sql.
import type { Ledger } from '../ports.ts';
import type { Principal, TrailRecord } from '../trail/record.ts';
import { type Attribution, type LiveEvidence, UNKNOWN } from './attribution.ts';
import { rootsOf } from './chain.ts';
import type { KnownClusters } from './cluster.ts';
import { DELEGATE_SESSION_NAME, hopsOf, type Issuance, readIssuance, workloadOf } from './issuance.ts';
import type { Origin, Root } from './root.ts';
import { type FindSessionLinks, holderOf, type SessionLinks, sessionLinksIn } from './session-links.ts';
import { distinctWorkloads } from './workload.ts';

/**
 * Who is behind a record, by what the record itself says (`own-token`, `session-tags`) or by the issuance of its session
 * (`issued-key`, `session-start`, `chained`). The rungs that depend on the logs at hand (`role-subject`, `session-name`,
 * `trust-policy`, `association`, `provider`) exist in SQL only, and so does the joining of a call's copies in two accounts: what only they could name is
 * `unknown` here. The answer is as good as the ledger is full: a later issuance can name an unknown caller, and can make
 * an answer by `session-start` ambiguous, so that the caller of this function waits before it trusts one. `heard` is told the rung
 * of each session on the way.
 */
export async function attribute(
  record: TrailRecord,
  ledger: Ledger,
  known?: KnownClusters,
  heard: (rung: SessionLinks['rung']) => void = () => {},
): Promise<Attribution> {
  const own = readIssuance(record, known);
  if (own !== null && !['assumed', 'bucket-session'].includes(own.mechanism)) return attributeIssuance(own);
  const linksIn = sessionLinksIn(ledger);
  const findLinks: FindSessionLinks = async (principal) => {
    const found = await linksIn(principal);
    if (found !== null) heard(found.rung);
    return found;
  };
  const caller = await holderOf(record.principal, ledger);
  const links = await findLinks(caller);
  if (links === null) return UNKNOWN;
  return judge(caller, links, await rootsOf(links.sessions, findLinks));
}

/** An attempt to assume a role by token or for a pod speaks for itself; that it failed takes nothing from it. */
function attributeIssuance(issuance: Issuance): Attribution {
  const workload = workloadOf(issuance);
  if (workload === null) return UNKNOWN;
  const { mechanism, pod, podUid, isDelegated } = issuance;
  return {
    ...UNKNOWN,
    confidence: 'exact',
    evidence: mechanism === 'irsa' ? 'own-token' : 'session-tags',
    workload,
    mechanism,
    pod,
    podUid,
    hops: hopsOf(issuance),
    isDelegated: isDelegated ?? false,
  };
}

/** One session that may be the caller's and one root that it leads back to; no root where it leads back to itself only. */
type Reading = Root | null;

/** Readings that disagree, or of which one names nobody while another names somebody, leave the answer open. */
function judge(
  caller: Principal,
  { rung, roleArn }: SessionLinks,
  rootsBySession: readonly Root[][],
): Attribution {
  const readings = rootsBySession.flatMap((roots): Reading[] => (roots.length > 0 ? roots : [null]));
  const named = readings.map((reading) => reading && workloadOf(reading.issuance));
  const workloads = distinctWorkloads(named.filter((workload) => workload !== null));
  const [workload] = workloads;
  if (workload === undefined) return UNKNOWN;
  const roots = readings.filter((reading) => reading !== null);
  const answer = {
    evidence: evidenceOf(rung, roots),
    mechanism: shared(readings, ({ mechanism }) => mechanism),
    hops: sharedHops(roots) ?? [roleArn],
    isDelegated: isDelegated(caller, roots),
  };
  if (workloads.length > 1 || named.includes(null)) {
    return { ...UNKNOWN, ...answer, confidence: 'ambiguous', candidates: workloads };
  }
  const pod = shared(readings, ({ pod }) => pod);
  const podUid = shared(readings, ({ podUid }) => podUid);
  return { ...UNKNOWN, ...answer, confidence: 'exact', workload, pod, podUid };
}

/** `chained` where every way has a role before the calling one. */
function evidenceOf(rung: SessionLinks['rung'], roots: readonly Root[]): LiveEvidence {
  const isChained = roots.every(({ hops }) => hops === null || hops.length > 1);
  return rung === 'issued-key' && isChained ? 'chained' : rung;
}

/** What all readings say alike, else null. */
function shared<Value>(readings: readonly Reading[], of: (issuance: Origin) => Value | null): Value | null {
  const values = new Set(readings.map((reading) => reading && of(reading.issuance)));
  const [value = null] = values;
  return values.size === 1 ? value : null;
}

function sharedHops(roots: readonly Root[]): readonly string[] | null {
  const ways = new Map(roots.map(({ hops }) => [JSON.stringify(hops), hops]));
  const [hops = null] = ways.values();
  return ways.size === 1 ? hops : null;
}

/** Where no issuance can be read for it, the caller's own session name tells. */
function isDelegated({ sessionName, federatedProvider }: Principal, roots: readonly Root[]): boolean {
  const read = roots.map(({ issuance }) => issuance.isDelegated).filter((value) => value !== null);
  if (read.length > 0) return read.includes(true);
  return sessionName === DELEGATE_SESSION_NAME && federatedProvider !== null;
}
