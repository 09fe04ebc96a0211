// Reads what a simulation delivered back into records, as a reader of log files would, with the truth beside each.
import { gunzipSync } from 'node:zlib';
import { type EventTruth, simulateTrail, type TrailOptions } from '../../src/simulator/simulate-trail.ts';

/** The fields of a delivered record that the tests look at. */
export interface DeliveredRecord {
  eventVersion: string;
  userIdentity: {
    type?: string;
    principalId?: string;
    accountId?: string;
    accessKeyId?: string;
    invokedBy?: string;
    sessionContext?: {
      sessionIssuer: { arn: string };
      webIdFederationData?: { federatedProvider?: string };
      attributes: { creationDate: string };
    };
  };
  eventTime: string;
  eventName: string;
  awsRegion: string;
  sourceIPAddress: string;
  userAgent: string;
  errorCode?: string;
  errorMessage?: string;
  requestParameters: { roleArn?: string; roleSessionName?: string; key?: string } | null;
  responseElements: { credentials?: { accessKeyId: string; sessionToken: string } } | null;
  resources?: { ARN?: string }[];
  eventID: string;
  sharedEventID?: string;
  recipientAccountId: string;
}

interface DeliveredFile {
  key: string;
  text: string;
  records: DeliveredRecord[];
  declared: number;
}

export interface Delivered {
  files: DeliveredFile[];
  truths: Map<string, EventTruth>;
  /** Each distinct record once, with its truth. */
  pairs: { record: DeliveredRecord; truth: EventTruth }[];
}

export function deliver(options: TrailOptions): Delivered {
  const files: DeliveredFile[] = [];
  const truths = new Map<string, EventTruth>();
  const records = new Map<string, DeliveredRecord>();
  for (const file of simulateTrail(options)) {
    const text = gunzipSync(file.body).toString('utf8');
    const delivered: DeliveredRecord[] = JSON.parse(text).Records;
    files.push({ key: file.key, text, records: delivered, declared: file.records });
    for (const record of delivered) records.set(record.eventID, record);
    for (const truth of file.truth) {
      if (truths.has(truth.event_id)) throw new Error(`two truths for ${truth.event_id}`);
      truths.set(truth.event_id, truth);
    }
  }
  const pairs = [...records].flatMap(([id, record]) => {
    const truth = truths.get(id);
    return truth ? [{ record, truth }] : [];
  });
  return { files, truths, pairs };
}
