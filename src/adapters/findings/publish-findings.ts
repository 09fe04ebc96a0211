// Publishes findings: to an SNS topic, with a subject for people, and to EventBridge's default bus, for rules.
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Finding } from '../../live/finding.ts';
import type { Findings } from '../../ports.ts';

/** What rules match on, with `detail-type`. */
const SOURCE = 'podtrail';
const DETAIL_TYPE = 'podtrail finding';

export interface Published {
  sns: SNSClient;
  topicArn: string;
  eventBridge: EventBridgeClient;
}

export class PublishedFindings implements Findings {
  readonly #to: Published;

  constructor(to: Published) {
    this.#to = to;
  }

  /** Throws where one of the two refuses; what the other took may then be told again. */
  async publish(finding: Finding): Promise<void> {
    const { sns, topicArn, eventBridge } = this.#to;
    const message = JSON.stringify(finding);
    const { Entries = [] } = await eventBridge.send(
      new PutEventsCommand({ Entries: [{ Source: SOURCE, DetailType: DETAIL_TYPE, Detail: message }] }),
    );
    const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused !== undefined)
      throw new Error(`EventBridge did not take a finding: ${refused.ErrorCode}: ${refused.ErrorMessage}`);
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subjectOf(finding),
        Message: message,
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: finding.kind },
          id: { DataType: 'String', StringValue: finding.id },
          ...('state' in finding ? { state: { DataType: 'String', StringValue: finding.state } } : {}),
        },
      }),
    );
  }
}

/** SNS takes 99 printable ASCII characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function subjectOf(finding: Finding): string {
  return `podtrail: ${whatOf(finding)}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
}

function whatOf(finding: Finding): string {
  switch (finding.kind) {
    case 'trail-unfit':
      return `trail: ${finding.fault}`;
    case 'issuer-unfit':
      return `issuer of ${finding.cluster}: ${finding.fault}`;
    case 'report-ready':
      return `report: ${finding.question}: ${finding.rows} rows`;
    case 'renewal-stopped': {
      const { state, workload } = finding;
      return `${state === 'open' ? 'no longer renewed' : 'over: renewed again'}: ${named(workload)}`;
    }
    case 'many-stopped':
      return `${finding.workloads} workloads no longer renew: ${finding.cluster}`;
    case 'many-failing': {
      const { state, by, cause, errorCode, workloads, failures, examples } = finding;
      const [workload] = examples;
      const what =
        by === 'cause' || workload === undefined
          ? `${workloads} workloads fail: ${cause?.id ?? errorCode}`
          : `${failures} kinds of calls denied: ${named(workload)}`;
      return `${state === 'open' ? '' : 'over: '}${what}`;
    }
    default: {
      const { state, kind, workload, cause, errorCode } = finding;
      const what = kind === 'call-denied' ? 'call denied' : 'assumption failed';
      const who = workload === null ? 'a workload not named' : named(workload);
      return `${state === 'open' ? '' : 'over: '}${what}: ${who}: ${cause?.id ?? errorCode}`;
    }
  }
}

function named({ namespace, serviceAccount }: { namespace: string; serviceAccount: string }): string {
  return `${namespace}/${serviceAccount}`;
}
