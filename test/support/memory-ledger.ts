// A ledger in memory: the port's contract at its plainest.
import { type Heir, isHeir } from '../../src/identity/inherit.ts';
import type { Issuance } from '../../src/identity/issuance.ts';
import type { Inheritance, KeptIssuance } from '../../src/identity/root.ts';
import type { Ledger } from '../../src/ports.ts';

export class MemoryLedger implements Ledger {
  readonly #byId = new Map<string, Issuance>();
  readonly #inherited = new Map<string, Inheritance>();
  readonly #byKey = new Map<string, string[]>();
  readonly #byStart = new Map<string, Map<number, string[]>>();
  readonly #byCaller = new Map<string, string[]>();

  async store(issuance: Issuance): Promise<void> {
    const { id, issuedKeyId, roleArn, issuedAt, caller } = issuance;
    this.#byId.set(id, issuance);
    this.#inherited.delete(id);
    if (issuedKeyId !== null) index(this.#byKey, issuedKeyId, id);
    if (roleArn !== null) {
      const starts = this.#byStart.get(roleArn) ?? new Map<number, string[]>();
      this.#byStart.set(roleArn, starts);
      index(starts, issuedAt, id);
    }
    if (caller.accessKeyId !== null && isHeir(issuance)) index(this.#byCaller, caller.accessKeyId, id);
  }

  async inherit({ id }: Heir, inherited: Inheritance): Promise<void> {
    if (inherited === 'disputed' || !this.#inherited.has(id)) this.#inherited.set(id, inherited);
  }

  async issuancesByKey(accessKeyId: string): Promise<KeptIssuance[]> {
    return this.#read(this.#byKey.get(accessKeyId))
      .filter((one) => one.issuedKeyId === accessKeyId)
      .map((one) => ({ ...one, inherited: this.#inherited.get(one.id) ?? null }));
  }

  async issuancesByStart(roleArn: string, startedAt: number): Promise<KeptIssuance[]> {
    return this.#read(this.#byStart.get(roleArn)?.get(startedAt))
      .filter((one) => one.roleArn === roleArn && one.issuedAt === startedAt)
      .map((one) => ({ ...one, inherited: null }));
  }

  async issuancesByCaller(accessKeyId: string): Promise<Issuance[]> {
    const ids = this.#byCaller.get(accessKeyId);
    if (ids === undefined) return [];
    return this.#read(ids).filter((one) => one.caller.accessKeyId === accessKeyId && isHeir(one));
  }

  #read(ids: readonly string[] = []): Issuance[] {
    return ids.flatMap((id) => this.#byId.get(id) ?? []);
  }
}

function index<Key>(ids: Map<Key, string[]>, key: Key, id: string): void {
  const known = ids.get(key);
  if (known === undefined) ids.set(key, [id]);
  else if (!known.includes(id)) known.push(id);
}
