// Builds what the functions of the live path work with, once for each process, from their environment.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { PodtrailError } from '../errors.ts';
import type { Cluster, KnownClusters } from '../identity/cluster.ts';
import type { NamedNamespaces } from '../live/metrics.ts';
import type { WatchPorts } from '../live/watch.ts';
import { CloudWatchMetrics } from './cloudwatch/put-metrics.ts';
import { DynamoDbHandled, DynamoDbLedger } from './dynamodb/live-table.ts';
import { SnsFindings } from './sns/publish-findings.ts';

class EnvironmentError extends PodtrailError {}

export interface Live {
  ports: WatchPorts;
  clusters: KnownClusters;
  named: NamedNamespaces;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws EnvironmentError where a variable is missing or says nothing that can be used. */
export function liveOf(env: Environment): Live {
  const table = { client: new DynamoDBClient(), table: needed(env, 'LEDGER_TABLE'), now: Date.now };
  return {
    ports: {
      ledger: new DynamoDbLedger(table),
      handled: new DynamoDbHandled(table),
      metrics: new CloudWatchMetrics(new CloudWatchClient(), needed(env, 'METRIC_NAMESPACE')),
      findings: new SnsFindings(new SNSClient(), needed(env, 'FINDINGS_TOPIC_ARN')),
    },
    clusters: clustersIn(env.CLUSTERS ?? ''),
    named: new Set((env.NAMED_NAMESPACES ?? '').split(',').flatMap((one) => one.trim() || [])),
  };
}

/** Throws EnvironmentError where the variable says nothing. */
export function needed(env: Environment, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new EnvironmentError('environment', `the variable ${name} of the function is not set`);
}

/** `{"<issuer>": {"id": "arn:…", "name": "prod"}}`: an issuer is a host with its path. */
function clustersIn(text: string): KnownClusters {
  if (text.trim() === '') return new Map();
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    throw new EnvironmentError('environment', 'the variable CLUSTERS is not JSON', { cause });
  }
  return new Map(
    Object.entries((said ?? {}) as Record<string, Partial<Cluster>>).map(([issuer, { id, name }]) => {
      if (typeof id !== 'string' || typeof name !== 'string')
        throw new EnvironmentError('environment', `the variable CLUSTERS has no id or no name for ${issuer}`);
      return [issuer, { id, name }];
    }),
  );
}
