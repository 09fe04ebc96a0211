// Owns which issuances may have begun a caller's session: by the key that signed the call or, failing that, by its start.
// The same in SQL: queries/models/session-links.sql.
import type { Ledger } from '../ports.ts';
import type { Principal } from '../trail/record.ts';
import type { Issuance } from './issuance.ts';
import type { KeptIssuance } from './root.ts';

/** An issuance that began a session, which is in its role. */
export interface IssuedSession extends KeptIssuance {
  readonly isIssued: true;
  readonly roleArn: string;
}

/** What fits a caller best; all sessions are in the calling role. */
export interface SessionLinks {
  readonly rung: 'issued-key' | 'session-start';
  readonly roleArn: string;
  readonly sessions: readonly IssuedSession[];
}

/** Null where nothing fits. */
export type FindSessionLinks = (caller: Principal) => Promise<SessionLinks | null>;
export type FindSessions = (caller: Principal) => Promise<readonly IssuedSession[]>;

/** Whole seconds between a session's `creationDate` and the `eventTime` of the issuance that began it. */
const LARGEST_START_LAG = 2;

/** Seconds for which a key for a directory bucket is good. */
const BUCKET_SESSION_S = 300;

/**
 * The session that a caller acts in: its own, unless it calls with a key that S3's `CreateSession` gave to a session for a directory
 * bucket. Such a call shows that session's id, but neither its role nor its start; a log whose keys are masked shows the same key twice.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-log-files.html
 * The same in SQL: queries/models/bucket-sessions.sql.
 */
export async function holderOf(caller: Principal, ledger: Ledger): Promise<Principal> {
  const { type, accessKeyId, createdAt, principalId, accountId } = caller;
  const isNamed = type === 'AssumedRole' && nameInId(principalId) !== null;
  if (!isNamed || accessKeyId === null || createdAt === null || caller.sessionIssuerArn !== null)
    return caller;
  const holders = (await ledger.issuancesByKey(accessKeyId)).flatMap(
    ({ mechanism, issuedAt, caller: holder }) =>
      mechanism === 'bucket-session' &&
      isWithin(BUCKET_SESSION_S, issuedAt, createdAt) &&
      holder.principalId === principalId &&
      holder.accountId === accountId &&
      holder.sessionIssuerArn !== null &&
      ![accessKeyId, null].includes(holder.accessKeyId)
        ? [holder]
        : [],
  );
  const [holder = caller] = holders;
  return new Set(holders.map((one) => JSON.stringify(one))).size === 1 ? holder : caller;
}

function isWithin(seconds: number, a: number, b: number): boolean {
  return Math.trunc(Math.abs(a - b) / 1000) <= seconds;
}

/** Finds the issuances behind callers, asking the ledger once for callers between which it could not tell. */
export function sessionLinksIn(ledger: Ledger): FindSessionLinks {
  return onceForEach(
    (caller) => findSessionLinks(caller, ledger),
    ({ invokedBy }) => invokedBy !== null,
  );
}

/** The same by key alone, which is sure once it is seen: only an issuance of that very key can add to it. */
export function sessionsByKeyIn(ledger: Ledger): FindSessions {
  return onceForEach(
    (caller) => sessionsByKey(caller, ledger),
    () => null,
  );
}

/** The sessions whose key the caller calls with; none for callers that are no role's session. */
export async function sessionsByKey(caller: Principal, ledger: Ledger): Promise<readonly IssuedSession[]> {
  return isRoleSession(caller) ? findByKey(caller, ledger) : [];
}

function onceForEach<Found>(
  find: (caller: Principal) => Promise<Found>,
  besides: (caller: Principal) => unknown,
): (caller: Principal) => Promise<Found> {
  const found = new Map<string, Promise<Found>>();
  return (caller) => {
    const { accessKeyId, sessionIssuerArn, createdAt, federatedProvider, principalId } = caller;
    const key = JSON.stringify([
      accessKeyId,
      sessionIssuerArn,
      createdAt,
      federatedProvider,
      principalId,
      besides(caller),
    ]);
    const links = found.get(key) ?? find(caller);
    found.set(key, links);
    return links;
  };
}

interface RoleSession extends Principal {
  sessionIssuerArn: string;
  createdAt: number;
}

async function findSessionLinks(caller: Principal, ledger: Ledger): Promise<SessionLinks | null> {
  if (!isRoleSession(caller)) return null;
  const roleArn = caller.sessionIssuerArn;
  const byKey = await findByKey(caller, ledger);
  if (byKey.length > 0) return { rung: 'issued-key', roleArn, sessions: byKey };
  const byStart = await findByStart(caller, ledger);
  return byStart.length > 0 ? { rung: 'session-start', roleArn, sessions: byStart } : null;
}

function isRoleSession(caller: Principal): caller is RoleSession {
  return caller.sessionIssuerArn !== null && caller.createdAt !== null;
}

function sessionsIn(issuances: readonly KeptIssuance[], { sessionIssuerArn }: RoleSession): IssuedSession[] {
  return issuances.filter(
    (issuance): issuance is IssuedSession => issuance.isIssued && issuance.roleArn === sessionIssuerArn,
  );
}

/** A key alone would do, but role and start make sure that it is the same session: masked logs have one key for all. */
async function findByKey(caller: RoleSession, ledger: Ledger): Promise<IssuedSession[]> {
  if (caller.accessKeyId === null) return [];
  const issued = sessionsIn(await ledger.issuancesByKey(caller.accessKeyId), caller);
  const fitting = issued.filter(
    (session) =>
      isWithin(LARGEST_START_LAG, session.issuedAt, caller.createdAt) && !isOtherProvider(session, caller),
  );
  if (!fitting.some(isTargetSide)) return fitting;
  const left = withoutTargetSides(fitting, fitting);
  // The caller's own copy may hide the key that the target's shows; it has the same role and time.
  const beside = await Promise.all(
    left.filter(isTargetSide).map(({ roleArn, issuedAt }) => ledger.issuancesByStart(roleArn, issuedAt)),
  );
  return withoutTargetSides(left, beside.flat());
}

/**
 * For calls that a service makes with the caller's session (forward access sessions), which carry the service's own key
 * or none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
 */
async function findByStart(caller: RoleSession, ledger: Ledger): Promise<IssuedSession[]> {
  const begun = await ledger.issuancesByStart(caller.sessionIssuerArn, caller.createdAt);
  return withoutTargetSides(sessionsIn(begun, caller), begun).filter(
    (session) =>
      isSameKind(session, caller) && !isOtherSession(session, caller) && !isOtherKey(session, caller),
  );
}

/**
 * A session has one key: a caller that signs with another one is in another session that began in the same second, unless a
 * service calls in its place. Masked logs show no key.
 */
function isOtherKey({ issuedKeyId }: Issuance, { accessKeyId, invokedBy }: Principal): boolean {
  return (
    invokedBy === null &&
    isSessionKey(issuedKeyId) &&
    isSessionKey(accessKeyId) &&
    issuedKeyId !== accessKeyId
  );
}

/** Logs that are masked have one key for all, which settles nothing. */
export function isSessionKey(accessKeyId: string | null): accessKeyId is string {
  return accessKeyId !== null && /^ASIA[0-9A-Z]+$/.test(accessKeyId);
}

/** A web identity's session shows the provider on every call; any other session shows none. */
function isSameKind(issuance: Issuance, { federatedProvider }: Principal): boolean {
  if (!isFederated(issuance)) return federatedProvider === null;
  return federatedProvider !== null && federatedProvider === issuance.provider;
}

/** Whether a web identity's issuance names another provider than the caller's session does: masked keys are alike. */
function isOtherProvider(issuance: Issuance, { federatedProvider }: Principal): boolean {
  const { provider } = issuance;
  return (
    isFederated(issuance) && ![provider, federatedProvider].includes(null) && provider !== federatedProvider
  );
}

function isFederated({ mechanism }: Issuance): boolean {
  return mechanism === 'irsa' || mechanism === 'web-identity';
}

/**
 * Whether both show the session's name and differ: in the role's id, or, where the issuance shows none, in what was asked for. Masked
 * logs lack the name or the whole id.
 */
function isOtherSession({ assumedRoleId, roleSessionName }: Issuance, { principalId }: Principal): boolean {
  const name = nameInId(principalId);
  if (name === null) return false;
  if (nameInId(assumedRoleId) !== null) return assumedRoleId !== principalId;
  return roleSessionName !== null && roleSessionName !== name;
}

function nameInId(id: string | null): string | null {
  return id !== null && /^AROA[^:]*:./.test(id) ? id.slice(id.indexOf(':') + 1) : null;
}

/**
 * Drops the copies that the target's account got of an assumption from another account: they don't name the calling
 * session, and the caller's own copy, known by the same `sharedEventID`, does.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function withoutTargetSides<Session extends Issuance>(
  sessions: readonly Session[],
  known: readonly Issuance[],
): Session[] {
  const callerSides = new Set(known.filter(isCallerSide).map(({ sharedEventId }) => sharedEventId));
  return sessions.filter(
    (session) =>
      !isTargetSide(session) || session.sharedEventId === null || !callerSides.has(session.sharedEventId),
  );
}

/** Whether it is the copy of the target role's account, which names the caller's account only. */
export function isTargetSide({ caller }: Issuance): boolean {
  return caller.type === 'AWSAccount';
}

function isCallerSide({ caller }: Issuance): boolean {
  return caller.type !== null && caller.type !== 'AWSAccount';
}
