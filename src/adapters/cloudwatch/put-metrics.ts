// Puts metrics to CloudWatch in as few requests as it takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
import {
  CloudWatchClient,
  InvalidParameterValueException,
  type MetricDatum,
  PutMetricDataCommand,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { type Datum, datum, type MetricName } from '../../live/metrics.ts';
import type { Metrics } from '../../ports.ts';
import { type Environment, needed } from '../environment.ts';

/** The most that one request may hold. */
const MOST_DATA = 1_000;
const HOUR_MS = 3_600_000;
/** CloudWatch takes data of two weeks back and two hours ahead, and refuses a request for one that is not; a little less. */
const OLDEST_MS = 14 * 24 * HOUR_MS - HOUR_MS;
const NEWEST_MS = 1.9 * HOUR_MS;

interface CloudWatchOptions {
  client: CloudWatchClient;
  namespace: string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** Throws EnvironmentError where the namespace is missing. */
export function metricsOf(env: Environment): CloudWatchMetrics {
  const namespace = needed(env, 'METRIC_NAMESPACE');
  return new CloudWatchMetrics({ client: new CloudWatchClient(), namespace, now: Date.now });
}

class CloudWatchMetrics implements Metrics {
  readonly #options: CloudWatchOptions;

  constructor(options: CloudWatchOptions) {
    this.#options = options;
  }

  /** What CloudWatch refuses for its time is counted as `DataOutOfTime`, now. */
  async put(data: readonly Datum[]): Promise<void> {
    for (let from = 0; from < data.length; from += MOST_DATA) {
      const some = data.slice(from, from + MOST_DATA);
      try {
        await this.#send(some);
      } catch (error) {
        const now = this.#options.now();
        const inTime = some.filter(({ minute }) => minute > now - OLDEST_MS && minute < now + NEWEST_MS);
        if (!(error instanceof InvalidParameterValueException) || inTime.length === some.length) throw error;
        await this.#send([...inTime, datum('DataOutOfTime', now, {}, some.length - inTime.length)]);
      }
    }
  }

  async #send(data: readonly Datum[]): Promise<void> {
    const { client, namespace: Namespace } = this.#options;
    await client.send(new PutMetricDataCommand({ Namespace, MetricData: data.map(written) }));
  }
}

/** Of metrics that count nothing; what measures by `values` is in milliseconds. */
const UNITS: Partial<Record<MetricName, StandardUnit>> = {
  TrailDeliveryAgeMinutes: 'None',
  IssuerLatencyMs: 'Milliseconds',
  IssuerCertificateDaysLeft: 'None',
};

function written({ name, dimensions, minute, count, values }: Datum): MetricDatum {
  return {
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(minute),
    ...(values === undefined
      ? { Value: count, Unit: UNITS[name] ?? ('Count' as const) }
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
