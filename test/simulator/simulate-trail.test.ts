// The trail as a set of files: exact, repeatable, delivered as CloudTrail delivers, and harmless in what it names.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SESSION_TOKEN_MARK, simulateTrail } from '../../src/simulator/simulate-trail.ts';
import { deliver } from './delivered.ts';

const trail = deliver({ seed: 7, records: 20_000 });
const text = trail.files.map((file) => file.text).join('\n');

function bytesOf(seed: number): string[] {
  return [...simulateTrail({ seed, records: 1500 })].map(
    ({ key, body }) => `${key} ${Buffer.from(body).toString('base64')}`,
  );
}

describe('simulateTrail', () => {
  it('delivers equal bytes for equal options and others for another seed', () => {
    expect(bytesOf(1)).toEqual(bytesOf(1));
    expect(bytesOf(1)).not.toEqual(bytesOf(2));
  });

  it('delivers exactly the distinct records asked for, with one truth each', () => {
    let cases = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 0, max: 400 }), (seed, records) => {
        const { files, truths, pairs } = deliver({ seed, records });
        const ids = new Set(files.flatMap((file) => file.records.map((record) => record.eventID)));
        expect([ids.size, truths.size, pairs.length]).toEqual([records, records, records]);
        expect(files.map((file) => file.declared)).toEqual(files.map((file) => file.records.length));
        cases++;
      }),
      { numRuns: 40 },
    );
    expect(cases).toBe(40);
  });

  it('holds one line of JSON in each file', () => {
    expect(trail.files.length).toBeGreaterThan(50);
    for (const file of trail.files) expect(file.text).not.toContain('\n');
  });

  it('names files as CloudTrail does, by the account and region that they are for and the time of delivery', () => {
    const shape =
      /^AWSLogs\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/(\d{4})\/(\d\d)\/(\d\d)\/\1_CloudTrail_\2_\3\4\5T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/;
    for (const file of trail.files) expect(file.key).toMatch(shape);
    expect(new Set(trail.files.map(({ key }) => key)).size).toBe(trail.files.length);
    expect(new Set(trail.files.map(({ key }) => key.split('/')[1])).size).toBe(5);
    expect(new Set(trail.files.map(({ key }) => key.split('/')[3]))).toEqual(
      new Set(['us-west-2', 'us-east-1', 'eu-west-1']),
    );
  });

  it('keeps to the period and the file size asked for', () => {
    const start = new Date('2026-02-28T23:00:00Z');
    const { files, pairs } = deliver({ seed: 3, records: 3000, start, hours: 2, recordsPerFile: 100 });
    for (const { record } of pairs) {
      const offset = Date.parse(record.eventTime) - start.getTime();
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThan(2 * 3_600_000 + 120_000);
    }
    expect(Math.max(...files.map((file) => file.records.length))).toBeLessThan(130);
    expect(files.some(({ key }) => key.includes('/2026/03/01/'))).toBe(true);
  });

  it('weighs about as much as a real trail', () => {
    const records = trail.files.reduce((sum, file) => sum + file.records.length, 0);
    const average = Buffer.byteLength(text) / records;
    expect(average).toBeGreaterThan(1500);
    expect(average).toBeLessThan(2500);
  });

  it('delivers some records twice: in one file, in two, and in the folder of another account', () => {
    const seen = new Map<string, string[]>();
    for (const { key, records } of trail.files) {
      for (const { eventID } of records) seen.set(eventID, [...(seen.get(eventID) ?? []), key]);
    }
    const twice = [...seen.values()].filter((keys) => keys.length > 1);
    const inOneFile = twice.filter((keys) => new Set(keys).size < keys.length);
    const acrossAccounts = twice.filter((keys) => new Set(keys.map((key) => key.split('/')[1])).size > 1);
    const inTwoFiles = twice.filter((keys) => new Set(keys).size > 1 && !acrossAccounts.includes(keys));
    expect(Math.min(inOneFile.length, inTwoFiles.length, acrossAccounts.length)).toBeGreaterThan(5);
    expect(twice.length).toBeLessThan(20_000 * 0.01);
  });

  it('delivers some issuances after calls made with their key, and records out of order', () => {
    const issued = new Set<string>();
    let before = 0;
    let disorder = 0;
    for (const { records } of trail.files) {
      const keys = records.flatMap((record) => record.responseElements?.credentials?.accessKeyId ?? []);
      const later = new Set(records.map((record) => record.userIdentity.accessKeyId));
      for (const key of keys) issued.add(key);
      for (const key of later) if (key !== undefined && !issued.has(key)) before++;
      disorder += records.filter(
        (record, index) => record.eventTime < (records[index - 1]?.eventTime ?? ''),
      ).length;
    }
    expect(before).toBeGreaterThan(20);
    expect(disorder).toBeGreaterThan(1000);
  });

  it('delivers one file without records', () => {
    expect(trail.files.filter((file) => file.records.length === 0)).toHaveLength(1);
  });

  it('names documentation accounts and reserved or private addresses only', () => {
    const documented =
      /^(?:111122223333|444455556666|123456789012|777788889999|210987654321|012345678901|(\d)\1{11})$/;
    const accounts = new Set(text.match(/(?<=arn:aws:[a-z0-9-]*:[a-z0-9-]*:|ccountId":")\d{12}(?=[:"])/g));
    expect(accounts.size).toBeGreaterThanOrEqual(6);
    for (const account of accounts) expect(account).toMatch(documented);

    const addresses = new Set(trail.pairs.map(({ record }) => record.sourceIPAddress));
    expect(addresses.size).toBeGreaterThan(40);
    const reserved =
      /^(?:192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|10\.)[\d.]+$|^[a-z0-9.]+\.amazonaws\.com$|^AWS Internal$/;
    for (const address of addresses) expect(address).toMatch(reserved);
  });

  it('marks every session token that it hands out', () => {
    const tokens = trail.pairs.flatMap(
      ({ record }) => record.responseElements?.credentials?.sessionToken ?? [],
    );
    expect(tokens.length).toBeGreaterThan(1000);
    for (const token of tokens) expect(token.startsWith(SESSION_TOKEN_MARK)).toBe(true);
    expect(text.split(SESSION_TOKEN_MARK).length - 1).toBeGreaterThanOrEqual(tokens.length);
  });

  it('carries hostile strings where callers may write, and none when asked not to', () => {
    const marks = [
      '=cmd|',
      '<script>',
      '\\u001b[31m',
      '"__proto__":{',
      '\u202E',
      '🚀',
      'line one\\nline two',
    ];
    for (const mark of marks) expect(text).toContain(mark);
    const longest = Math.max(...trail.pairs.map(({ record }) => record.userAgent.length));
    expect(longest).toBeGreaterThan(1000);

    const calm = deliver({ seed: 7, records: 5000, hostile: false });
    const calmText = calm.files.map((file) => file.text).join('\n');
    for (const mark of marks) expect(calmText).not.toContain(mark);
    expect(calm.files.reduce((sum, file) => sum + file.records.length, 0)).toBe(5000);
  });
});
