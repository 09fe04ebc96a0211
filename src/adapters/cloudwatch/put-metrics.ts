// Puts metrics to CloudWatch in as few requests as it takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Datum } from '../../live/metrics.ts';
import type { Metrics } from '../../ports.ts';

/** The most that one request may hold. */
const MOST_DATA = 1_000;

export class CloudWatchMetrics implements Metrics {
  readonly #client: CloudWatchClient;
  readonly #namespace: string;

  constructor(client: CloudWatchClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  async put(data: readonly Datum[]): Promise<void> {
    for (let from = 0; from < data.length; from += MOST_DATA) {
      await this.#client.send(
        new PutMetricDataCommand({
          Namespace: this.#namespace,
          MetricData: data.slice(from, from + MOST_DATA).map(written),
        }),
      );
    }
  }
}

function written({ name, dimensions, minute, count, values }: Datum): MetricDatum {
  return {
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(minute),
    ...(values === undefined
      ? { Value: count, Unit: 'Count' as const }
      : {
          StatisticValues: {
            SampleCount: count,
            Sum: values.sum,
            Minimum: values.least,
            Maximum: values.most,
          },
          Unit: 'Milliseconds' as const,
        }),
  };
}
