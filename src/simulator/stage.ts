// Owns the running order: the clock, the queue of planned records, and how one API call becomes its copies and follow-ups.

import { wholeSecond } from './aws-text.ts';
import type { Outcome, PlannedRecord, Principal, RecordDraft } from './plan.ts';
import type { RandomSource } from './random-source.ts';
import type { Api } from './services/api.ts';
import { s3ExpressCreateSession, s3ExpressGetObject } from './services/storage.ts';
import type { Session } from './sessions.ts';
import type { Client, Resources, World } from './world.ts';

/** Services that log a call on a resource in the account that owns it, too. */
const LOGS_FOR_OWNER = new Set([
  's3',
  'kms',
  'dynamodb',
  'sqs',
  'sns',
  'kinesis',
  'lambda',
  'secretsmanager',
]);

export interface CallOptions {
  readonly why: string;
  readonly at?: number;
  readonly outcome?: Outcome;
  /** Never, always, or as likely as the service makes such calls. */
  readonly onBehalf?: 'never' | 'without-key' | 'other-key' | 'as-usual';
  readonly onBehalfWhy?: string;
}

export class Stage {
  readonly world: World;
  readonly random: RandomSource;
  /** Whether names may be harmful to naive readers. */
  readonly hostile: boolean;
  /** Milliseconds; moved by the planner. */
  now: number;
  private queue: PlannedRecord[] = [];
  private head = 0;
  private nextSequence = 0;

  constructor(world: World, random: RandomSource, hostile: boolean) {
    this.world = world;
    this.random = random;
    this.hostile = hostile;
    this.now = 0;
  }

  /** Queues a record; `detail` names the record whose content this one repeats for another account. */
  emit(draft: RecordDraft, detail?: number): PlannedRecord {
    const sequence = this.nextSequence++;
    const record: PlannedRecord = {
      sequence,
      detail: detail ?? sequence,
      at: draft.at,
      account: draft.account,
      region: draft.region,
      why: draft.why,
      principal: draft.principal,
      action: draft.action,
      outcome: draft.outcome,
      client: draft.client,
      isShared: draft.isShared ?? false,
    };
    this.queue.push(record);
    return record;
  }

  /** The next planned record, in the order of planning: an issuance always precedes the calls made with its key. */
  take(): PlannedRecord | undefined {
    const record = this.queue[this.head];
    if (record === undefined) {
      this.queue = [];
      this.head = 0;
      return undefined;
    }
    this.head++;
    return record;
  }

  isDelivered(account: string): boolean {
    return this.world.accounts.includes(account);
  }

  /** A call by a role session, with the resource owner's copy and what the service does in the caller's name. */
  call(session: Session, api: Api, resources: Resources, options: CallOptions): void {
    const { random } = this;
    const outcome = options.outcome ?? 'success';
    const own: Principal = { kind: 'session', session, key: session.key, invokedBy: null };
    const at = options.at ?? this.now + random.below(1500);
    this.callCopies(own, session, api, resources, { at, why: options.why, outcome, client: session.client });

    const { onBehalf } = api;
    const habit = options.onBehalf ?? 'as-usual';
    if (!onBehalf || outcome !== 'success' || habit === 'never') return;
    if (habit === 'as-usual' && !random.chance(onBehalf.likelihood)) return;
    const keeps = habit === 'as-usual' ? random.chance(0.5) : habit === 'other-key';
    const principal: Principal = {
      kind: 'session',
      session,
      key: keeps ? `ASIA${random.base32(16)}` : null,
      invokedBy: onBehalf.invokedBy,
    };
    const service: Client = {
      address: onBehalf.invokedBy,
      userAgent: onBehalf.invokedBy,
      vpcEndpointId: onBehalf.invokedBy.startsWith('secretsmanager') ? 'vpce-0f1e2d3c4b5a69788' : null,
    };
    const why =
      options.onBehalfWhy ?? `${keeps ? 'fas-other-key' : 'fas-no-key'}${session.parent ? '-chained' : ''}`;
    this.callCopies(principal, session, onBehalf.api(), resources, { at, why, outcome, client: service });
  }

  /** Calls a directory bucket with a key of its own, which CreateSession gave the session just now or before the trail. */
  callBucket(session: Session, resources: Resources, why: string, isDelivered = true): void {
    const startedAt = wholeSecond(this.now);
    const bucketKey = { accessKeyId: `ASIA${this.random.base32(16)}`, startedAt, isDelivered };
    if (isDelivered)
      this.call(session, s3ExpressCreateSession(bucketKey), resources, { why: `${why}-open`, at: startedAt });
    const { client, key } = session;
    const principal: Principal = { kind: 'session', session, key, invokedBy: null, bucketKey };
    const call = { at: startedAt + this.random.below(200_000), why, outcome: 'success', client } as const;
    this.callCopies(principal, session, s3ExpressGetObject, resources, call);
  }

  private callCopies(
    principal: Principal,
    session: Session,
    api: Api,
    resources: Resources,
    call: Pick<RecordDraft, 'at' | 'why' | 'outcome' | 'client'>,
  ): void {
    const { account: owner } = resources;
    const region = api.region ?? resources.region;
    const caller = session.role.account;
    const hasOwnerCopy =
      owner !== caller &&
      LOGS_FOR_OWNER.has(api.service) &&
      this.isDelivered(owner) &&
      call.outcome === 'success';
    const action = { kind: 'call', api, resources } as const;
    const isCallerDelivered = this.isDelivered(caller);
    let detail: number | undefined;
    if (isCallerDelivered) {
      const record = this.emit({
        ...call,
        account: caller,
        region,
        principal,
        action,
        isShared: hasOwnerCopy,
      });
      detail = record.detail;
    }
    if (!hasOwnerCopy) return;
    const keepsIdentity = api.service === 's3' && this.random.chance(0.5);
    const seen: Principal = keepsIdentity
      ? principal
      : { kind: 'account', session, isTwinDelivered: isCallerDelivered, hasKey: isOwnKey(principal) };
    const why = isCallerDelivered ? 'owner-copy' : 'outside-owner-copy';
    this.emit({ ...call, why, account: owner, region, principal: seen, action, isShared: true }, detail);
  }
}

function isOwnKey(principal: Principal): boolean {
  return principal.kind === 'session' && principal.key === principal.session.key;
}
