// Builds the ports of the functions that publish findings.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import type { SettlePorts } from '../live/settle.ts';
import { metricsOf } from './cloudwatch/put-metrics.ts';
import { DynamoDbFailures } from './dynamodb/failures.ts';
import { DynamoDbHandled } from './dynamodb/handled.ts';
import { DynamoDbRenewals } from './dynamodb/renewals.ts';
import { type Environment, needed } from './environment.ts';
import { PublishedFindings } from './findings/publish-findings.ts';

/** Throws EnvironmentError where a variable is missing. */
export function publishedFindings(env: Environment): PublishedFindings {
  return new PublishedFindings({
    sns: new SNSClient(),
    topicArn: needed(env, 'FINDINGS_TOPIC_ARN'),
    eventBridge: new EventBridgeClient(),
  });
}

/** Throws EnvironmentError where a variable is missing. */
export function tellingOf(env: Environment): SettlePorts {
  const table = { client: new DynamoDBClient(), table: needed(env, 'LEDGER_TABLE'), now: Date.now };
  return {
    handled: new DynamoDbHandled(table),
    failures: new DynamoDbFailures(table),
    renewals: new DynamoDbRenewals(table),
    metrics: metricsOf(env),
    findings: publishedFindings(env),
  };
}
