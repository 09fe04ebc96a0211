// Owns the shape of what begins a chain of roles, and what a session further down inherits of it.
import { hopsOf, type Issuance } from './issuance.ts';

/** What an issuance says of whoever is behind the sessions that follow from it. */
export type Origin = Pick<
  Issuance,
  'id' | 'mechanism' | 'cluster' | 'subject' | 'pod' | 'podUid' | 'isDelegated'
>;

/** An issuance that begins a chain: it names its workload itself, or its caller's session is not known. */
export interface Root {
  readonly issuance: Origin;
  /** Role ARNs from the first to the session's own; null where more than one way leads here, of two roles or more. */
  readonly hops: readonly string[] | null;
}

/** `disputed` where keys lead to several sessions somewhere on the way, and for good. */
export type Inheritance = Root | 'disputed';

/** An issuance as the ledger gives it back. */
export interface KeptIssuance extends Issuance {
  /** Where keys lead from this session; null where that is not known, or was looked up otherwise than by key. */
  readonly inherited: Inheritance | null;
}

/** The root of a chain that begins with this issuance. */
export function rootAt(issuance: Issuance): Root {
  return { issuance, hops: hopsOf(issuance) };
}

/** What is known one role further on; ways that are not known stay so. */
export function extend({ issuance, hops }: Root, { roleArn }: { readonly roleArn: string }): Root {
  return { issuance, hops: hops && [...hops, roleArn] };
}
