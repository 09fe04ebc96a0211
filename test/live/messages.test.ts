// What messages of the live path hold, whoever sent them and through whatever they came.
import { describe, expect, it } from 'vitest';
import { objectsIn, recordIn } from '../../src/live/messages.ts';

const RECORD = {
  eventVersion: '1.11',
  eventID: '11111111-2222-4333-8444-555555555555',
  eventTime: '2026-10-05T03:00:00Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoleWithWebIdentity',
};
const event = (source: unknown, detail: unknown = RECORD) =>
  JSON.stringify({ source, 'detail-type': 'AWS API Call via CloudTrail', detail });
const EVENT = event('aws.sts');
const topic = (Message: string) => JSON.stringify({ Type: 'Notification', Message });

describe('recordIn', () => {
  it.each([
    ['EventBridge', EVENT],
    ['a topic', topic(EVENT)],
  ])('finds the record that %s sent', (_, body) => {
    expect(recordIn(body).record).toMatchObject({ eventId: RECORD.eventID, eventName: RECORD.eventName });
  });

  it.each([
    ['no JSON', '{"detail'],
    ['no event', '[]'],
    ['an event without a record', event('aws.sts', 7)],
    ['a record without a time', event('aws.sts', { ...RECORD, eventTime: 'x' })],
    ['a topic that says nothing', topic('')],
    ["somebody's own event", event('orders.app')],
    ['an event of no source', event(undefined)],
    ['a record alone', JSON.stringify(RECORD)],
  ])('says what is wrong with %s', (_, body) => {
    const { record, fault } = recordIn(body);
    expect([record, fault]).toEqual([null, expect.stringMatching(/^[a-zA-Z0-9.' ]+$/)]);
  });
});

describe('objectsIn', () => {
  const s3 = (key: string) =>
    JSON.stringify({ Records: [{ s3: { bucket: { name: 'trail-bucket' }, object: { key } } }] });

  it.each([
    [
      'EventBridge',
      JSON.stringify({ detail: { bucket: { name: 'trail-bucket' }, object: { key: 'a b+c' } } }),
    ],
    ['S3, whose keys are encoded', s3('a+b%2Bc')],
    ['a topic', topic(s3('a+b%2Bc'))],
  ])('finds the object that %s tells of', (_, body) => {
    expect(objectsIn(body)).toEqual([{ bucket: 'trail-bucket', key: 'a b+c' }]);
  });

  it('takes a test event for none, and anything else for no notice', () => {
    expect(objectsIn(JSON.stringify({ Event: 's3:TestEvent' }))).toEqual([]);
    for (const body of ['', '{}', '{"Records":[{"s3":{"bucket":{"name":7}}}]}', '{"detail":{"bucket":{}}}'])
      expect(objectsIn(body)).toBeNull();
  });
});
