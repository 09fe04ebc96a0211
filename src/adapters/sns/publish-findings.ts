// Publishes findings to an SNS topic: a subject for people, the finding as JSON for programs.
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Finding } from '../../live/finding.ts';
import type { Findings } from '../../ports.ts';

export class SnsFindings implements Findings {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  async publish(finding: Finding): Promise<void> {
    await this.#client.send(
      new PublishCommand({
        TopicArn: this.#topicArn,
        Subject: subjectOf(finding),
        Message: JSON.stringify(finding),
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: finding.kind },
          id: { DataType: 'String', StringValue: finding.id },
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
  if (finding.kind === 'trail-unfit') return `trail: ${finding.fault}`;
  if (finding.kind === 'issuer-unfit') return `issuer of ${finding.cluster}: ${finding.fault}`;
  if (finding.kind === 'report-ready') return `report: ${finding.question}: ${finding.rows} rows`;
  const { kind, workload, errorCode } = finding;
  const who = workload === null ? 'a workload not named' : `${workload.namespace}/${workload.serviceAccount}`;
  return `${kind === 'call-denied' ? 'call denied' : 'assumption failed'}: ${who}: ${errorCode}`;
}
