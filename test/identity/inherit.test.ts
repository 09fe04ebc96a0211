// What sessions of a chain inherit when they are written: whatever the order, the repeats, the workers at once and their deaths, the
// ledger gives the answers that a climb over all records would, and holds the root of each session that keys lead from.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/identity/attribute.ts';
import { keepIssuance, MOST_HOPS } from '../../src/identity/inherit.ts';
import { type Issuance, readIssuance } from '../../src/identity/issuance.ts';
import type { Inheritance } from '../../src/identity/root.ts';
import type { Ledger } from '../../src/ports.ts';
import type { TrailRecord } from '../../src/trail/record.ts';
import { CountingLedger } from '../support/counting-ledger.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { confusingRecords, renderGroup } from './confusing-records.ts';
import { API_WORKLOAD, POD_WORKLOAD } from './expected.ts';
import {
  byCaller,
  byToken,
  call,
  FOREIGN,
  forPod,
  KEY,
  ledgerOf,
  MASKED,
  podSession,
  ROLE,
  read,
  SECOND_ROLE,
  session,
  WORKER,
} from './records.ts';

/** One delivery's view of a ledger that others use meanwhile. Each request takes its turn, and is done before it is answered. */
class SharedLedger implements Ledger {
  readonly #ledger: Ledger;
  readonly #turn: () => Promise<void>;

  constructor(ledger: Ledger, turn: () => Promise<void>) {
    this.#ledger = ledger;
    this.#turn = turn;
  }

  store = (issuance: Issuance) => this.#ask(() => this.#ledger.store(issuance));
  inherit: Ledger['inherit'] = (heir, inherited) => this.#ask(() => this.#ledger.inherit(heir, inherited));
  issuancesByKey = (key: string) => this.#ask(() => this.#ledger.issuancesByKey(key));
  issuancesByStart = (role: string, at: number) => this.#ask(() => this.#ledger.issuancesByStart(role, at));
  issuancesByCaller = (key: string) => this.#ask(() => this.#ledger.issuancesByCaller(key));

  async #ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    await this.#turn();
    const answer = await request();
    await this.#turn();
    return answer;
  }
}

class Death extends Error {}

interface Delivered {
  issuance: Issuance;
  /** The worker dies at this of its turns, and the record comes again; null where it lives. */
  diesAt: number | null;
}

/** All of them at once, their requests in whatever order. */
async function deliver(deliveries: readonly Delivered[], scheduler: fc.Scheduler): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  const kept = deliveries.map(async ({ issuance, diesAt }) => {
    let turns = 0;
    const turn = async () => {
      await scheduler.schedule(Promise.resolve());
      if (turns === diesAt) throw new Death();
      turns += 1;
    };
    try {
      await keepIssuance(issuance, new SharedLedger(ledger, turn));
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      turns = Number.NEGATIVE_INFINITY;
      await keepIssuance(issuance, new SharedLedger(ledger, turn));
    }
  });
  await scheduler.waitFor(Promise.all(kept));
  return ledger;
}

/** Most are delivered once to a worker that lives: what comes again mends what went wrong before. */
const mostlyNot = <Value>(other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: other });

/** Each record once or more, in any order. */
function deliveriesOf(issuances: readonly Issuance[]): fc.Arbitrary<Delivered[]> {
  const one = (issuance: Issuance) =>
    fc.record({ issuance: fc.constant(issuance), diesAt: mostlyNot(fc.nat({ max: 12 })) });
  const again = issuances.map((issuance) => mostlyNot(one(issuance)));
  return fc.tuple(fc.tuple(...issuances.map(one)), fc.tuple(...again)).chain(([each, more]) => {
    const all = [...each, ...more.filter((delivered) => delivered !== null)];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
}

/** By nothing but the climb. */
async function climbedLedger(issuances: readonly Issuance[]): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  for (const issuance of issuances) await ledger.store(issuance);
  return ledger;
}

function issuanceIn(record: TrailRecord): Issuance {
  const issuance = readIssuance(record);
  if (issuance === null) throw new RangeError('no issuance');
  return issuance;
}

function issuancesIn(records: readonly TrailRecord[]): Issuance[] {
  return records.flatMap((record) => readIssuance(record) ?? []);
}

/** What each session holds, in one order. */
async function inheritedIn(ledger: Ledger, issuances: readonly Issuance[]): Promise<(Inheritance | null)[]> {
  const keys = new Set(issuances.flatMap(({ issuedKeyId }) => issuedKeyId ?? []));
  const kept = await Promise.all([...keys].map((key) => ledger.issuancesByKey(key)));
  return kept
    .flat()
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ inherited }) => inherited);
}

const START = Date.UTC(2026, 9, 5, 3);

/** One session of a tree: of the one before it that `parent` says, or of a pod where it says none. */
interface Branch {
  parent: number | null;
  /** Whether the role is another account's, which got a copy of its own. */
  isAcross: boolean;
}

const tree = fc
  .array(fc.record({ parent: fc.option(fc.nat(), { freq: 6 }), isAcross: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((branches): Branch[] =>
    branches.map(({ parent, isAcross }, index) => ({
      parent: parent === null || index === 0 ? null : parent % index,
      isAcross,
    })),
  );

interface Grown {
  records: TrailRecord[];
  sessions: { caller: ReturnType<typeof session>; hops: string[]; key: string }[];
}

function grow(branches: readonly Branch[]): Grown {
  const grown: Grown = { records: [], sessions: [] };
  for (const [index, { parent, isAcross }] of branches.entries()) {
    const key = `ASIAEXAMPLETREE${String(index).padStart(5, '0')}`;
    const role = `arn:aws:iam::111122223333:role/tree-${index}`;
    const at = new Date(START + index * 60_000).toISOString();
    const before = parent === null ? undefined : grown.sessions[parent];
    const hops = [...(before?.hops ?? []), role];
    if (before === undefined) {
      grown.records.push(byToken({ role, key, at }));
      grown.sessions.push({ caller: podSession({ role, key, at }), hops, key });
      continue;
    }
    const sharedEventId = `c30ac43f-0000-4000-8000-${String(index).padStart(12, '0')}`;
    grown.records.push(byCaller({ role, key, at, caller: before.caller, sharedEventId }));
    if (isAcross)
      grown.records.push(
        byCaller({ role, key, at, caller: FOREIGN, sharedEventId, account: '444455556666' }),
      );
    grown.sessions.push({ caller: session({ role, key, at }), hops, key });
  }
  return grown;
}

describe('a session that keys lead from', () => {
  it('holds its root in the end, and is looked up by one query, in whatever order its chain was written', async () => {
    let depth = 0;
    const deliveries = tree
      .map(grow)
      .chain((grown) =>
        fc.record({ grown: fc.constant(grown), delivered: deliveriesOf(issuancesIn(grown.records)) }),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, fc.scheduler(), async ({ grown, delivered }, scheduler) => {
        const ledger = await deliver(delivered, scheduler);
        const climbed = await climbedLedger(issuancesIn(grown.records));
        for (const { caller, hops, key } of grown.sessions) {
          const counting = new CountingLedger(ledger);
          const answer = await attribute(call(caller), counting);
          expect(answer).toEqual(await attribute(call(caller), climbed));
          expect(answer).toMatchObject({ confidence: 'exact', workload: API_WORKLOAD, hops });
          expect(counting.asked).toEqual([key]);
          depth = Math.max(depth, hops.length);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(depth).toBeGreaterThan(4);
  });

  it('takes one query at depth five, where a climb takes five, and two to be written', async () => {
    const { records, sessions } = grow(
      Array.from({ length: 5 }, (_, index) => ({ parent: index === 0 ? null : index - 1, isAcross: true })),
    );
    const ledger = new CountingLedger(new MemoryLedger());
    const asked: string[][] = [];
    for (const issuance of issuancesIn(records)) {
      await keepIssuance(issuance, ledger);
      asked.push(ledger.asked.splice(0));
    }
    const [first, second] = sessions.map(({ key }) => key);
    // Who follows from it; of a session that has a caller, that caller's session; of another account's copy, whether the
    // caller's own is there, beside which it changes nothing.
    expect(asked.slice(0, 3)).toEqual([[`caller ${first}`], [first, `caller ${second}`], [second]]);
    expect(asked.length).toBe(9);
    const last = sessions[4];
    if (last === undefined) throw new RangeError('no fifth session');
    const lookUp = async (where: Ledger) => {
      const counting = new CountingLedger(where);
      const { hops, evidence } = await attribute(call(last.caller), counting);
      return { hops: hops.length, evidence, queries: counting.asked.length };
    };
    expect(await lookUp(ledger)).toEqual({ hops: 5, evidence: 'chained', queries: 1 });
    const climbed = await climbedLedger(issuancesIn(records));
    expect(await lookUp(climbed)).toEqual({ hops: 5, evidence: 'chained', queries: 5 });
  });

  it('hands on to many at once, and nothing for the second copy of what it has', async () => {
    const followers = 40;
    const { records, sessions } = grow([
      { parent: null, isAcross: false },
      { parent: 0, isAcross: true },
      ...Array.from({ length: followers }, () => ({ parent: 1, isAcross: false })),
    ]);
    const [, second] = sessions;
    const issuances = issuancesIn(records);
    const copies = issuances.filter(({ issuedKeyId }) => issuedKeyId === second?.key);
    expect(copies.map(({ caller }) => caller.type)).toEqual(['AssumedRole', 'AWSAccount']);
    const memory = new MemoryLedger();
    for (const one of issuances) if (!copies.includes(one)) await keepIssuance(one, memory);
    const ledger = new CountingLedger(memory);
    let [now, most, handed] = [0, 0, 0];
    ledger.inherit = async (...given) => {
      now += 1;
      handed += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      await memory.inherit(...given);
      now -= 1;
    };
    for (const copy of copies) {
      handed = 0;
      await keepIssuance(copy, ledger);
      expect([copy.caller.type, handed]).toEqual([
        copy.caller.type,
        copy.caller.type === 'AWSAccount' ? 0 : followers + 1,
      ]);
    }
    expect(most).toBeGreaterThan(8);
  });

  it('is climbed from where its way is too long for an item, as far as one that is not', async () => {
    const depth = MOST_HOPS + 3;
    const { records, sessions } = grow(
      Array.from({ length: depth }, (_, index) => ({
        parent: index === 0 ? null : index - 1,
        isAcross: false,
      })),
    );
    const ledger = new CountingLedger(await ledgerOf(...records));
    const last = sessions[depth - 1];
    if (last === undefined) throw new RangeError('no last session');
    const { hops, workload } = await attribute(call(last.caller), ledger);
    expect([workload, hops]).toEqual([API_WORKLOAD, last.hops]);
    expect(ledger.asked.length).toBe(4);
  });
});

describe('records made to be confused', () => {
  const groups = confusingRecords.chain((confusing) => {
    const records = renderGroup(confusing, 0).map(read);
    return fc.record({ records: fc.constant(records), delivered: deliveriesOf(issuancesIn(records)) });
  });

  it('give the answers of a climb over all of them, whatever the order, the repeats and the deaths', async () => {
    const seen = { root: 0, disputed: 0, exact: 0, ambiguous: 0 };
    await fc.assert(
      fc.asyncProperty(groups, fc.scheduler(), async ({ records, delivered }, scheduler) => {
        const climbed = await climbedLedger(issuancesIn(records));
        const ledger = await deliver(delivered, scheduler);
        for (const record of records) {
          const answer = await attribute(record, ledger);
          expect(answer).toEqual(await attribute(record, climbed));
          if (answer.evidence === 'chained' && answer.confidence !== 'unknown') seen[answer.confidence] += 1;
        }
        for (const inherited of await inheritedIn(ledger, issuancesIn(records)))
          if (inherited !== null) seen[inherited === 'disputed' ? 'disputed' : 'root'] += 1;
      }),
      { numRuns: 3_000 },
    );
    for (const [name, times] of Object.entries(seen)) expect(times, name).toBeGreaterThan(0);
  }, 60_000);

  it('leave the same behind, but that a copy that comes late may settle what was disputed', async () => {
    let settled = 0;
    let alike = 0;
    await fc.assert(
      fc.asyncProperty(groups, fc.scheduler(), async ({ records, delivered }, scheduler) => {
        const issuances = issuancesIn(records);
        const inOrder = new MemoryLedger();
        for (const issuance of issuances) await keepIssuance(issuance, inOrder);
        const before = await inheritedIn(inOrder, issuances);
        const after = await inheritedIn(await deliver(delivered, scheduler), issuances);
        const hasCopies = issuances.some(({ caller }) => caller.type === 'AWSAccount');
        for (const [index, inherited] of after.entries()) {
          const isSettled = (before[index] === 'disputed') !== (inherited === 'disputed');
          if (hasCopies && isSettled) settled += 1;
          else {
            expect(inherited).toEqual(before[index]);
            if (inherited !== null) alike += 1;
          }
        }
      }),
      { numRuns: 3_000 },
    );
    expect(alike).toBeGreaterThan(100);
    expect(settled).toBeLessThan(alike / 10);
  }, 60_000);
});

describe('what may still be settled by another copy of the record', () => {
  it('is not inherited: the first session may be told by the copy of the account that was asked', async () => {
    const sharedEventId = 'c30ac43f-0000-4000-8000-000000000001';
    const asked = { ...FOREIGN, invokedBy: 'pods.eks.amazonaws.com' };
    const target = forPod({ caller: asked, sharedEventId, account: '444455556666' });
    const own = forPod({ sharedEventId });
    const second = { role: SECOND_ROLE, key: 'ASIAEXAMPLEKEY000002', at: '2026-10-05T03:20:00Z' };
    const chained = byCaller({ ...second, caller: session() });
    const inherited = async (...records: TrailRecord[]) => {
      const ledger = await ledgerOf(...records);
      expect(await attribute(call(session(second)), ledger)).toMatchObject({ workload: POD_WORKLOAD });
      return (await ledger.issuancesByKey(second.key)).map((kept) => kept.inherited);
    };
    expect(await inherited(target, chained)).toEqual([null]);
    const [root] = await inherited(own, target, chained);
    expect(root).toMatchObject({ hops: [ROLE, SECOND_ROLE] });
    expect(await inherited(target, chained, own)).toEqual([root]);
  });

  it('is not even asked for where the key is masked: all sessions have it', async () => {
    const ledger = new CountingLedger(new MemoryLedger());
    const records = [
      byToken({ key: MASKED }),
      byCaller({ role: SECOND_ROLE, key: MASKED, caller: podSession({ key: MASKED }) }),
    ];
    for (const issuance of issuancesIn(records)) await keepIssuance(issuance, ledger);
    expect(ledger.asked).toEqual([]);
    expect(await attribute(call(session({ role: SECOND_ROLE, key: MASKED })), ledger)).toMatchObject({
      workload: API_WORKLOAD,
    });
  });
});

describe('a key that is known to be several sessions’', () => {
  const nth = (index: number, key = `ASIAEXAMPLEKEY00001${index}`) => ({
    role: `arn:aws:iam::111122223333:role/role-${index}`,
    key,
    at: `2026-10-05T03:1${index}:00Z`,
  });
  const other = byToken({ userName: WORKER });
  const inherited = async (ledger: Ledger, { key }: { key: string }) =>
    (await ledger.issuancesByKey(key)).map((kept) => kept.inherited);

  it('settles nothing from then on, for all that follow', async () => {
    const links = [
      byToken(),
      byCaller({ ...nth(1), caller: podSession() }),
      byCaller({ ...nth(2), caller: session(nth(1)) }),
    ];
    for (const records of [[...links, other], [other, ...links], [...links, other].toReversed()]) {
      const ledger = await ledgerOf(...records);
      expect(await attribute(call(session(nth(2))), ledger)).toMatchObject({ confidence: 'ambiguous' });
      expect(await inherited(ledger, nth(2))).toEqual(['disputed']);
    }
    const ledger = await ledgerOf(...links);
    expect(await inherited(ledger, nth(2))).toMatchObject([{ hops: [ROLE, nth(1).role, nth(2).role] }]);
    expect(await inherited(ledger, { key: KEY })).toEqual([null]);
  });

  it('settles nothing for those either that were reached before on a shorter way, by the key of another role', async () => {
    const shorter = nth(2, 'ASIAEXAMPLEKEYSHARED');
    const longer = nth(3, shorter.key);
    const beginning = [
      byToken(),
      byCaller({ ...nth(1), caller: podSession() }),
      byCaller({ ...shorter, caller: podSession() }),
    ];
    const following = [
      byCaller({ ...longer, caller: session(nth(1)) }),
      byCaller({ ...nth(4), caller: session(longer) }),
      byCaller({ ...nth(5), caller: session(nth(4)) }),
    ];
    for (const first of [beginning, beginning.toReversed()]) {
      const ledger = await ledgerOf(...first, ...following);
      expect(await inherited(ledger, nth(5))).toMatchObject([{ hops: { length: 5 } }]);
      await keepIssuance(issuanceIn(other), ledger);
      expect(await inherited(ledger, nth(5))).toEqual(['disputed']);
      expect(await attribute(call(session(nth(5))), ledger)).toMatchObject({ confidence: 'ambiguous' });
    }
  });
});
