// What an audit log says was done to ServiceAccounts and to the webhook, with everything that it holds besides passed over and counted.
import { describe, expect, it } from 'vitest';
import { AuditLogReader } from '../../src/diagnosis/audit-log.ts';

const event = (more: object = {}) => ({
  kind: 'Event',
  stage: 'ResponseComplete',
  verb: 'patch',
  user: { username: 'ana@example.com' },
  objectRef: { resource: 'serviceaccounts', namespace: 'payments', name: 'api' },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: '2026-10-05T14:30:00.000000Z',
  ...more,
});

function read(...lines: (object | string)[]): AuditLogReader {
  const reader = new AuditLogReader();
  for (const line of lines) reader.read(typeof line === 'string' ? line : JSON.stringify(line));
  return reader;
}

describe('an audit log', () => {
  it('tells who did what to a ServiceAccount and to the webhook, the latest first', () => {
    const webhook = { resource: 'mutatingwebhookconfigurations', name: 'pod-identity-webhook' };
    const later = { requestReceivedTimestamp: '2026-10-05T14:31:00Z' };
    const reader = read(event({ user: {} }), event({ verb: 'delete', objectRef: webhook, ...later }));
    expect(reader.changesOf('payments', 'api')).toEqual([
      {
        at: Date.parse('2026-10-05T14:31:00Z'),
        eventName: 'delete mutatingwebhookconfigurations',
        by: 'ana@example.com',
        target: 'the webhook',
      },
      {
        at: Date.parse('2026-10-05T14:30:00Z'),
        eventName: 'patch serviceaccounts',
        by: 'somebody unnamed',
        target: 'payments/api',
      },
    ]);
  });

  it('may be a list, and may have a time before each event', () => {
    const reader = read(
      { kind: 'EventList', items: [event(), event()] },
      `2026-10-05 ${JSON.stringify(event())}`,
    );
    expect(reader.changesOf('payments', 'api').length).toBe(3);
    expect(reader.counts).toEqual({ lines: 2, events: 3, unreadable: 0, dropped: 0 });
  });

  it.each<[string, object | string]>([
    ['reads', event({ verb: 'get' })],
    ['refusals', event({ responseStatus: { code: 403 } })],
    [
      'tokens',
      event({
        verb: 'create',
        objectRef: { resource: 'serviceaccounts', namespace: 'payments', name: 'api', subresource: 'token' },
      }),
    ],
    ['stages before the end', event({ stage: 'RequestReceived' })],
    ['other objects', event({ objectRef: { resource: 'pods', namespace: 'payments', name: 'api' } })],
    ['other webhooks', event({ objectRef: { resource: 'mutatingwebhookconfigurations', name: 'istio' } })],
    ['events without a time', event({ requestReceivedTimestamp: 'never' })],
    ['events without an object', event({ objectRef: null })],
    [
      'other ServiceAccounts',
      event({ objectRef: { resource: 'serviceaccounts', namespace: 'payments', name: 'web' } }),
    ],
    ['what is no JSON', '{"kind": '],
    ['what is no object', '[1, 2]'],
  ])('is passed over for %s', (_claim, line) => {
    expect(read(line).changesOf('payments', 'api')).toEqual([]);
  });

  it('is kept within bounds, and what is beyond is counted', () => {
    const reader = read(...Array.from({ length: 60 }, () => event()), '', 'nothing');
    expect(reader.changesOf('payments', 'api').length).toBe(50);
    expect(reader.counts).toEqual({ lines: 61, events: 60, unreadable: 1, dropped: 10 });
  });
});
