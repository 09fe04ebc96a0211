// Builds the ports of the functions that watch events and log files.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import type { KnownClusters } from '../identity/cluster.ts';
import type { Named } from '../live/metrics.ts';
import type { WatchPorts } from '../live/watch.ts';
import { metricsOf } from './cloudwatch/put-metrics.ts';
import { DynamoDbFailures } from './dynamodb/failures.ts';
import { DynamoDbHandled } from './dynamodb/handled.ts';
import { DynamoDbLedger } from './dynamodb/ledger.ts';
import { DynamoDbRenewals } from './dynamodb/renewals.ts';
import { clustersIn, type Environment, listIn, needed } from './environment.ts';
import { CachedRoles } from './iam/read-role.ts';

export interface Live {
  ports: WatchPorts;
  clusters: KnownClusters;
  named: Named;
}

/** Throws EnvironmentError where a variable is missing or says nothing that can be used. */
export function liveOf(env: Environment): Live {
  const table = { client: new DynamoDBClient(), table: needed(env, 'LEDGER_TABLE'), now: Date.now };
  return {
    ports: {
      ledger: new DynamoDbLedger(table),
      handled: new DynamoDbHandled(table),
      metrics: metricsOf(env),
      roles: new CachedRoles({
        client: new IAMClient(IAM),
        accountId: needed(env, 'ACCOUNT_ID'),
        now: Date.now,
        warn,
      }),
      failures: new DynamoDbFailures(table),
      renewals: new DynamoDbRenewals(table),
    },
    clusters: clustersIn(env),
    named: {
      namespaces: new Set(listIn(env.NAMED_NAMESPACES)),
      workloads: new Set(listIn(env.NAMED_WORKLOADS)),
    },
  };
}

/** A cause is worth a moment, not the whole batch. */
const IAM = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 } };

function warn(why: string): void {
  process.stdout.write(`${JSON.stringify({ level: 'warn', why })}\n`);
}
