// A ledger in memory: the port's contract at its plainest.
import type { Issuance } from '../../src/identity/issuance.ts';
import type { Ledger } from '../../src/ports.ts';

export class MemoryLedger implements Ledger {
  readonly #byId = new Map<string, Issuance>();
  readonly #byKey = new Map<string, Set<string>>();
  readonly #byStart = new Map<string, Set<string>>();

  async store(issuance: Issuance): Promise<void> {
    const { id, issuedKeyId, roleArn, issuedAt } = issuance;
    this.#byId.set(id, issuance);
    if (issuedKeyId !== null) index(this.#byKey, issuedKeyId, id);
    if (roleArn !== null) index(this.#byStart, `${roleArn} ${issuedAt}`, id);
  }

  async issuancesByKey(accessKeyId: string): Promise<Issuance[]> {
    return this.#read(this.#byKey.get(accessKeyId)).filter((one) => one.issuedKeyId === accessKeyId);
  }

  async issuancesByStart(roleArn: string, startedAt: number): Promise<Issuance[]> {
    return this.#read(this.#byStart.get(`${roleArn} ${startedAt}`)).filter(
      (one) => one.roleArn === roleArn && one.issuedAt === startedAt,
    );
  }

  #read(ids: Iterable<string> = []): Issuance[] {
    return [...ids].flatMap((id) => this.#byId.get(id) ?? []);
  }
}

function index(ids: Map<string, Set<string>>, key: string, id: string): void {
  const known = ids.get(key) ?? new Set();
  known.add(id);
  ids.set(key, known);
}
