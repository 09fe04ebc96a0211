// A ledger that notes what it is asked.
import type { Issuance } from '../../src/identity/issuance.ts';
import type { Ledger } from '../../src/ports.ts';

export class CountingLedger implements Ledger {
  readonly asked: string[] = [];
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  store(issuance: Issuance) {
    return this.#ledger.store(issuance);
  }

  inherit(...[heir, inherited]: Parameters<Ledger['inherit']>) {
    return this.#ledger.inherit(heir, inherited);
  }

  issuancesByKey(accessKeyId: string) {
    this.asked.push(accessKeyId);
    return this.#ledger.issuancesByKey(accessKeyId);
  }

  issuancesByStart(roleArn: string, startedAt: number) {
    this.asked.push(`${roleArn} ${startedAt}`);
    return this.#ledger.issuancesByStart(roleArn, startedAt);
  }

  issuancesByCaller(accessKeyId: string) {
    this.asked.push(`caller ${accessKeyId}`);
    return this.#ledger.issuancesByCaller(accessKeyId);
  }
}
