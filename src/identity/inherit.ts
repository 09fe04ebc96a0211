// Owns what the sessions of a chain inherit when they are written: the root that keys lead back to, so that a look-up of any of
// them ends at the session itself. Whatever keys do not settle is left to the climb of src/identity/chain.ts.
import { each } from '../each.ts';
import type { Ledger } from '../ports.ts';
import type { Issuance } from './issuance.ts';
import { extend, type Inheritance, type Root, rootAt } from './root.ts';
import {
  type IssuedSession,
  isSessionKey,
  isTargetSide,
  sessionsByKey,
  sessionsByKeyIn,
  withoutTargetSides,
} from './session-links.ts';

/** A session that was begun with the key of another session. */
export interface Heir extends Issuance {
  readonly isIssued: true;
  readonly roleArn: string;
  readonly issuedKeyId: string;
}

/** Longer ways are climbed from there on: an item of DynamoDB holds 400 KB, and a role's ARN may be 600 bytes long. */
export const MOST_HOPS = 200;

/** Whether it is such a session: its caller's key and its own are both plain, and its role is known. */
export function isHeir(issuance: Issuance): issuance is Heir {
  const { isIssued, mechanism, caller, roleArn, issuedKeyId } = issuance;
  return (
    mechanism === 'assumed' &&
    isIssued &&
    roleArn !== null &&
    isSessionKey(issuedKeyId) &&
    isSessionKey(caller.accessKeyId) &&
    caller.sessionIssuerArn !== null
  );
}

/**
 * Keeps an issuance, lets its session inherit, and hands on what changes by it to the sessions that follow from it. Whoever
 * comes later sees the other: a session is kept, with its caller's key, before that key is looked up, and its own followers
 * are looked up after. What is inherited only ever goes from nothing to a root, and from that to `disputed`. So all orders,
 * repeats and workers at once end alike, and a worker that died is made good by the record's next delivery.
 */
export async function keepIssuance(issuance: Issuance, ledger: Ledger): Promise<void> {
  await ledger.store(issuance);
  const { isIssued, issuedKeyId } = issuance;
  if (!isIssued || !isSessionKey(issuedKeyId)) return;
  // Beside the caller's own copy the target's changes nothing, and there may be many who followed.
  if (isTargetSide(issuance)) {
    const copies = await ledger.issuancesByKey(issuedKeyId);
    if (withoutTargetSides([issuance], copies).length === 0) return;
  }
  if (isHeir(issuance)) await inherit(issuance, await sessionsByKey(issuance.caller, ledger), ledger);
  const heirs = await ledger.issuancesByCaller(issuedKeyId);
  if (heirs.length > 0) await handOn(heirs, ledger);
}

async function handOn(first: readonly Issuance[], ledger: Ledger): Promise<void> {
  /** Those that something was handed on to, and whether that was disputed, so that circles end. */
  const handed = new Map<string, boolean>();
  const waiting = [first];
  for (let heirs = waiting.pop(); heirs !== undefined; heirs = waiting.pop()) {
    // Asked after the heirs were read: what comes later finds them itself.
    const findParents = sessionsByKeyIn(ledger);
    await each(heirs.filter(isHeir), async (heir) => {
      const inherited = await inherit(heir, await findParents(heir.caller), ledger);
      const isDisputed = inherited === 'disputed';
      if (inherited === null || handed.get(heir.id) === isDisputed) return;
      handed.set(heir.id, isDisputed);
      waiting.push(await ledger.issuancesByCaller(heir.issuedKeyId));
    });
  }
}

async function inherit(
  heir: Heir,
  parents: readonly IssuedSession[],
  ledger: Ledger,
): Promise<Inheritance | null> {
  const inherited = inheritanceOf(heir, parents);
  if (inherited !== null) await ledger.inherit(heir, inherited);
  return inherited;
}

function inheritanceOf(heir: Heir, [parent, ...others]: readonly IssuedSession[]): Inheritance | null {
  if (parent === undefined) return null;
  if (others.length > 0) return 'disputed';
  // Its other copy, which says more, may still come.
  if (isTargetSide(parent)) return null;
  const above = parent.mechanism === 'assumed' ? parent.inherited : beginning(parent);
  if (above === null || above === 'disputed') return above;
  const root = extend(above, heir);
  return root.hops !== null && root.hops.length > MOST_HOPS ? null : root;
}

/** Only what answers are made of. */
function beginning(issuance: Issuance): Root {
  const { id, mechanism, cluster, subject, pod, podUid, isDelegated } = issuance;
  return {
    ...rootAt(issuance),
    issuance: { id, mechanism, cluster, subject, pod, podUid, isDelegated },
  };
}
