// Asks both forms of the evidence ladder about the same log files: the SQL models in a store that has loaded them, and the
// live path over a ledger that has seen all their issuances. Their answers are brought into one shape, to be compared.

import { askStore } from '../../src/adapters/duckdb/ask.ts';
import { loadTrail } from '../../src/adapters/duckdb/load.ts';
import type { Store } from '../../src/adapters/duckdb/store.ts';
import { withTemporaryStore } from '../../src/adapters/duckdb/temporary-store.ts';
import { findLogFiles, openLogFile } from '../../src/adapters/find-log-files.ts';
import { readQuestions } from '../../src/adapters/query-files.ts';
import type { KnownCluster } from '../../src/adapters/settings-file.ts';
import { attribute } from '../../src/identity/attribute.ts';
import type { Attribution } from '../../src/identity/attribution.ts';
import type { KnownClusters } from '../../src/identity/cluster.ts';
import { keepIssuance } from '../../src/identity/inherit.ts';
import { readIssuance } from '../../src/identity/issuance.ts';
import type { Workload } from '../../src/identity/workload.ts';
import type { ReportRow } from '../../src/report/columns.ts';
import { readLogFile } from '../../src/trail/log-file.ts';
import { parseRecord, type TrailRecord } from '../../src/trail/record.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

/** The claims of an answer, named as the question names them. */
export interface Claims {
  confidence: string;
  evidence: string | null;
  workload: unknown;
  candidates: unknown[];
  pod: string | null;
  podUid: string | null;
  hops: string[];
  isDelegated: boolean;
}

export interface Answers {
  record: TrailRecord;
  live: Claims;
  /** What history says by the rungs that the live path has; what it only infers counts as unknown. */
  history: Claims;
}

/** Both answers about every record of the folder's log files but those whose caller is an account. */
export async function askBoth(folder: string, clusters: readonly KnownCluster[] = []): Promise<Answers[]> {
  const records = await readRecords(folder);
  const known: KnownClusters = new Map(
    clusters.map(({ issuer, cluster_id, cluster }) => [issuer, { id: cluster_id, name: cluster }]),
  );
  const ledger = new MemoryLedger();
  for (const record of records.values()) {
    const issuance = readIssuance(record, known);
    if (issuance !== null) await keepIssuance(issuance, ledger);
  }
  const history = await askHistory(folder, clusters);
  const answers: Answers[] = [];
  for (const [id, record] of records) {
    if (record.principal.type === 'AWSAccount') continue;
    const claims = history.get(id);
    if (claims === undefined) throw new RangeError(`history has no answer about ${id}`);
    answers.push({ record, live: liveClaims(await attribute(record, ledger, known)), history: claims });
  }
  return answers;
}

async function readRecords(folder: string): Promise<Map<string, TrailRecord>> {
  const records = new Map<string, TrailRecord>();
  for await (const found of findLogFiles([folder])) {
    if (found.kind !== 'file') throw new RangeError(`${found.path}: ${found.reason}`);
    await readLogFile(openLogFile(found.file.path), {
      record(value) {
        const { record } = parseRecord(value);
        if (record !== null)
          records.set(idOf(record.eventId, record.recipientAccountId, record.awsRegion), record);
      },
      rejected() {},
      skipped() {},
    });
  }
  return records;
}

function idOf(...parts: unknown[]): string {
  return parts.join('/');
}

function askHistory(folder: string, clusters: readonly KnownCluster[]): Promise<Map<string, Claims>> {
  return withTemporaryStore(async (store) => {
    await loadTrail(store, [folder], { settings: { sessionNamePatterns: [], clusters } });
    const proven = await readProven(store);
    const question = readQuestions().find(({ name }) => name === 'attributed-calls');
    if (question === undefined) throw new RangeError('there is no question attributed-calls');
    const claims = new Map<string, Claims>();
    for await (const row of askStore(store, question, {})) {
      const id = idOf(row.event_id, row.recipient_account_id, row.aws_region);
      claims.set(id, historyClaims(row, proven.has(id)));
    }
    return claims;
  });
}

/** The records whose callers' issuances name somebody: the evidence of a session may also stand for an inference from its root. */
async function readProven(store: Store): Promise<Set<string>> {
  const rows = await store.all(`select r.event_id, r.recipient_account_id, r.aws_region
    from stored_records as r join callers as c using (principal_key)
    join attributions as a on a.attribution_key = c.attribution_key
    where a.confidence is not null`);
  return new Set(rows.map((row) => idOf(row.event_id, row.recipient_account_id, row.aws_region)));
}

const NOTHING: Claims = {
  confidence: 'unknown',
  evidence: null,
  workload: null,
  candidates: [],
  pod: null,
  podUid: null,
  hops: [],
  isDelegated: false,
};

const OF_THE_RECORD: readonly unknown[] = ['own-token', 'session-tags'];
const OF_THE_SESSION: readonly unknown[] = ['issued-key', 'session-start', 'chained'];

function historyClaims(row: ReportRow, isProven: boolean): Claims {
  const isLive = OF_THE_RECORD.includes(row.evidence) || (OF_THE_SESSION.includes(row.evidence) && isProven);
  if (!isLive) return NOTHING;
  const isNamed = row.workload_namespace !== null;
  return {
    confidence: String(row.confidence),
    evidence: row.evidence as string,
    workload: isNamed
      ? {
          cluster_id: row.workload_cluster_id,
          cluster: row.workload_cluster,
          namespace: row.workload_namespace,
          service_account: row.workload_service_account,
        }
      : null,
    candidates: row.candidates as unknown[],
    pod: row.workload_pod as string | null,
    podUid: row.workload_pod_uid as string | null,
    hops: row.hops as string[],
    isDelegated: row.is_delegated === true,
  };
}

function liveClaims(attribution: Attribution): Claims {
  const { mechanism, workload, candidates, hops, ...same } = attribution;
  return {
    ...same,
    workload: workload && named(workload),
    candidates: candidates.map(named),
    hops: [...hops],
  };
}

function named({ clusterId, cluster, namespace, serviceAccount }: Workload): object {
  return { cluster_id: clusterId, cluster, namespace, service_account: serviceAccount };
}
