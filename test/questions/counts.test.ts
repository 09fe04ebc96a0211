// What answers count: a call that two accounts logged once, a role's own calls only, sessions by chains too, the first delivery.
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  at,
  byCaller,
  byToken,
  foreignIdentity,
  getObject,
  type Session,
  sessionIdentity,
} from '../corpus/parts.ts';
import { loadedStore } from '../support/loaded-store.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { logFileName, type Scratch, scratch } from '../support/scratch.ts';

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE';
const FAR = 'arn:aws:iam::444455556666:role/shared/far';
const near: Session = {
  role: 'arn:aws:iam::111122223333:role/exporter',
  name: 'one',
  began: at('03:00:00'),
  key: 'ASIAEXAMPLEEXPORTER1',
  provider: PROVIDER,
};
const far: Session = { role: FAR, name: 'far', began: at('03:05:00'), key: 'ASIAEXAMPLEEXPORTER2' };
const shared = { sharedEventID: 'one-assumption' };
const issued = byToken({
  id: 'issuance',
  session: near,
  subject: 'system:serviceaccount:etl:exporter',
  provider: PROVIDER,
});
const chained = byCaller({ id: 'chain', session: far, who: sessionIdentity(near), more: shared });
const chainedThere = byCaller({
  id: 'chain there',
  session: far,
  who: foreignIdentity(near),
  account: '444455556666',
  more: shared,
});
const refused = byCaller({
  id: 'refused',
  session: { ...far, began: at('03:20:00') },
  who: sessionIdentity(near),
  error: 'AccessDenied',
});

let files: Scratch;

beforeEach(async () => {
  files = await scratch();
});

afterEach(() => files.remove());

it("counts another account's copy of an assumption as a call of the role that asked, and once", async () => {
  const store = await loadedStore([issued, chained, chainedThere]);
  try {
    const rows = await store.ask('off-network-use', '--networks', '192.0.2.0/24');
    expect(rows.map(({ role_arn, calls }) => [role_arn, calls])).toEqual([[near.role, 2]]);
  } finally {
    await store.remove();
  }
});

it('counts sessions by a chain where an attempt at the same role failed', async () => {
  const store = await loadedStore([issued, chained, refused]);
  try {
    const rows = await store.ask('failure-trend');
    expect(rows).toMatchObject([
      { role_arn: FAR, workload_service_account: 'exporter', failures: 1, issued: 1 },
    ]);
  } finally {
    await store.remove();
  }
});

it('tells how late a record was first delivered, whichever copy is read first', async () => {
  const called = getObject({
    id: 'call',
    time: at('03:10:00'),
    who: sessionIdentity(near),
    bucket: 'a',
    key: 'b',
  });
  const soon = await files.log(logFileName('20261005T0315Z', 'AbCdEfGhIjKlMnOp'), [called]);
  const later = await files.log(logFileName('20261005T0900Z', 'BbCdEfGhIjKlMnOp'), [called]);
  for (const order of [
    [soon, later],
    [later, soon],
  ]) {
    const rows = await rowsFrom(['ask', 'trail-coverage', ...order, '-f', 'ndjson']);
    expect(rows).toMatchObject([{ calls: 1, late_calls: 0, longest_delay_seconds: 300 }]);
  }
});
