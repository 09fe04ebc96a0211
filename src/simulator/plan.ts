// Owns the plan of a record: who calls what, when, and in which copy. A plan is small; the text is made later, by `render`.

import type { Api } from './services/api.ts';
import type { Session } from './sessions.ts';
import type { Client, Cluster, IamUser, Pod, Provider, Resources, Role } from './world.ts';

/** What CreateSession gave a session to call a directory bucket with; delivered where the trail has that record. */
export interface BucketKey {
  readonly accessKeyId: string;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly isDelivered: boolean;
}

export type Principal =
  /** A role session; `key` is what the record shows, which differs when a service calls on its behalf. */
  | {
      readonly kind: 'session';
      readonly session: Session;
      readonly key: string | null;
      readonly invokedBy: string | null;
      readonly bucketKey?: BucketKey;
    }
  /** The bearer of a web-identity token. */
  | {
      readonly kind: 'token';
      readonly provider: Provider;
      readonly subject: string;
      readonly audience: string;
      readonly pod: Pod | null;
    }
  /** An AWS service; `pod` is the one that EKS Auth acts for. */
  | { readonly kind: 'service'; readonly service: string; readonly pod: Pod | null }
  | { readonly kind: 'user'; readonly user: IamUser }
  /** A caller from another account, seen from the account that owns the role or resource. */
  | {
      readonly kind: 'account';
      readonly session: Session;
      readonly isTwinDelivered: boolean;
      /** Whether the caller's own copy shows the session's key. */
      readonly hasKey: boolean;
    };

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Assumption {
  readonly role: Role;
  readonly sessionName: string;
  readonly seconds: number | null;
  /** The new session; null when the assumption was denied. */
  readonly session: Session | null;
  readonly tags: readonly Tag[];
  readonly incomingTags: readonly Tag[];
}

export type Action =
  | { readonly kind: 'call'; readonly api: Api; readonly resources: Resources }
  /** `globalFrom` is the region that served a call to the global endpoint; null for a regional one. */
  | { readonly kind: 'web-identity'; readonly assumption: Assumption; readonly globalFrom: string | null }
  | { readonly kind: 'assume-role'; readonly assumption: Assumption }
  | { readonly kind: 'pod-identity-auth'; readonly cluster: Cluster };

export type Outcome =
  | 'success'
  | 'denied'
  | { readonly code: string; readonly message: string; readonly hidesRequest?: true };

export interface RecordDraft {
  readonly at: number;
  /** The recipient account. */
  readonly account: string;
  readonly region: string;
  readonly why: string;
  readonly principal: Principal;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly client: Client;
  /** Whether the other account's copy shares an event id with this one. */
  readonly isShared?: boolean;
}

export interface PlannedRecord extends RecordDraft {
  /** Position in the plan: seeds the record's own ids. */
  readonly sequence: number;
  /** Sequence that seeds what both copies of one call have in common. */
  readonly detail: number;
}
