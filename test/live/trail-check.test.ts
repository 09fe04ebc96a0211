// A trail that answers can rest on has no fault; each thing that is missing is one, told once a day with its remedy.
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTrail } from '../../src/adapters/cloudtrail/read-trail.ts';
import { tellingOf } from '../../src/adapters/findings-environment.ts';
import { checkTrail, type TrailState, trailFindings } from '../../src/live/trail-check.ts';
import { type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';
import { startTrailServer, type TrailServer } from '../support/trail-server.ts';

const TRAIL = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/management';
const NOW = Date.parse('2026-10-05T12:00:00Z');
const WANTED = ['AWS::S3::Object'];
const FIT: TrailState = {
  trail: TRAIL,
  isMultiRegion: true,
  hasGlobalServiceEvents: true,
  isValidated: true,
  isEncrypted: true,
  isLogging: true,
  deliveredAt: NOW - 5 * 60_000,
  deliveryError: null,
  managementEvents: 'all',
  dataEvents: ['AWS::S3::Object', 'AWS::DynamoDB::Table'],
};
const faults = (more: Partial<TrailState>, wanted = WANTED) =>
  trailFindings({ ...FIT, ...more }, wanted, NOW).map(({ fault }) => fault);

describe('trailFindings', () => {
  it('finds nothing in a trail that answers can rest on', () => {
    expect(faults({})).toEqual([]);
  });

  it.each<[string, Partial<TrailState>]>([
    ['not-logging', { isLogging: false }],
    ['delivery-failed', { deliveryError: 'AccessDenied' }],
    ['delivery-late', { deliveredAt: NOW - 61 * 60_000 }],
    ['delivery-late', { deliveredAt: null }],
    ['management-events-missing', { managementEvents: 'some' }],
    ['management-events-missing', { managementEvents: 'none' }],
    ['data-events-missing', { dataEvents: ['AWS::DynamoDB::Table'] }],
    ['single-region', { isMultiRegion: false }],
    ['global-events-missing', { hasGlobalServiceEvents: false }],
    ['not-validated', { isValidated: false }],
    ['not-encrypted', { isEncrypted: false }],
  ])('finds %s alone in %j', (fault, more) => {
    expect(faults(more)).toEqual([fault]);
  });

  it('names the trail in each remedy that is a command', () => {
    const unfit = { isLogging: false, isMultiRegion: false, hasGlobalServiceEvents: false };
    const found = trailFindings({ ...FIT, ...unfit, isValidated: false, isEncrypted: false }, [], NOW);
    expect(found).toHaveLength(5);
    for (const { remedy } of found) expect(remedy).toMatch(/^aws cloudtrail [a-z-]+ --name /);
    for (const { remedy } of found) expect(remedy).toContain(TRAIL);
  });

  it('names each type whose data events are missing in a finding of its own', () => {
    const found = trailFindings(FIT, ['AWS::S3::Object', 'AWS::KMS::Key', 'AWS::SQS::Queue'], NOW);
    expect(found.map(({ meaning }) => meaning)).toEqual([
      expect.stringContaining('AWS::KMS::Key'),
      expect.stringContaining('AWS::SQS::Queue'),
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });
});

describe('a trail as CloudTrail tells of it', () => {
  let server: TrailServer;
  let emulators: LiveEmulators;
  let before: NodeJS.ProcessEnv;
  const read = () => readTrail(new CloudTrailClient({}), TRAIL);
  const SETTINGS = {
    IsMultiRegionTrail: true,
    IncludeGlobalServiceEvents: true,
    LogFileValidationEnabled: true,
    KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/example',
  };

  beforeAll(async () => {
    before = { ...process.env };
    server = await startTrailServer();
    emulators = await startLiveEmulators();
    Object.assign(process.env, emulators.environment, { AWS_ENDPOINT_URL_CLOUDTRAIL: server.url });
  });
  afterAll(async () => {
    process.env = before;
    await server.stop();
    await emulators.stop();
  });
  beforeEach(() => {
    server.answers = {
      GetTrail: { Trail: SETTINGS },
      GetTrailStatus: {
        IsLogging: true,
        LatestDeliveryTime: (NOW - 300_000) / 1000,
        LatestDeliveryError: '',
      },
      GetEventSelectors: { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] },
    };
  });

  const data = (...types: string[]) => ({
    DataResources: types.map((Type) => ({ Type, Values: ['arn:aws:s3'] })),
  });
  const fields = (selected: Record<string, string[]>) => ({
    FieldSelectors: Object.entries(selected).map(([Field, Equals]) => ({ Field, Equals })),
  });
  const management = (more: Record<string, string[]> = {}) =>
    fields({ eventCategory: ['Management'], ...more });

  it.each<[string, object, Partial<TrailState>]>([
    [
      'all management events',
      { EventSelectors: [{ ReadWriteType: 'All' }] },
      { managementEvents: 'all', dataEvents: [] },
    ],
    ['writes only', { EventSelectors: [{ ReadWriteType: 'WriteOnly' }] }, { managementEvents: 'some' }],
    [
      'none',
      { EventSelectors: [{ IncludeManagementEvents: false, ...data('AWS::S3::Object') }] },
      { managementEvents: 'none', dataEvents: ['AWS::S3::Object'] },
    ],
    ['all, in advanced selectors', { AdvancedEventSelectors: [management()] }, { managementEvents: 'all' }],
    [
      'reads and writes apart',
      { AdvancedEventSelectors: [management({ readOnly: ['true'] }), management({ readOnly: ['false'] })] },
      { managementEvents: 'all' },
    ],
    [
      'reads only, in advanced selectors',
      { AdvancedEventSelectors: [management({ readOnly: ['true'] })] },
      { managementEvents: 'some' },
    ],
    [
      'data events alone',
      {
        AdvancedEventSelectors: [
          fields({ eventCategory: ['Data'], 'resources.type': ['AWS::DynamoDB::Table'] }),
        ],
      },
      { managementEvents: 'none', dataEvents: ['AWS::DynamoDB::Table'] },
    ],
  ])('with %s', async (_, selectors, expected) => {
    server.answers.GetEventSelectors = selectors;
    expect(await read()).toMatchObject({
      isMultiRegion: true,
      isEncrypted: true,
      deliveryError: null,
      ...expected,
    });
  });

  it('is an error where it is not there', async () => {
    server.answers = {};
    await expect(read()).rejects.toThrow('Unknown trail');
  });

  it('is told of once a day, with how long ago it delivered', async () => {
    server.answers.GetTrail = { Trail: { ...SETTINGS, KmsKeyId: undefined } };
    const ports = tellingOf(emulators.environment);
    const check = async (now: number) => checkTrail(await read(), [], ports, now);
    expect(await check(NOW)).toEqual(['not-encrypted']);
    expect(await check(NOW + 60_000)).toEqual(['not-encrypted']);
    expect(emulators.findings).toEqual([
      expect.objectContaining({
        kind: 'trail-unfit',
        day: '2026-10-05',
        trail: TRAIL,
        fault: 'not-encrypted',
      }),
    ]);
    await check(NOW + 86_400_000);
    expect(emulators.findings.length).toBe(3);
    expect(emulators.metrics.map(({ name, value }) => [name, value])).toEqual([
      ['TrailDeliveryAgeMinutes', 5],
      ['TrailDeliveryAgeMinutes', 6],
      ['TrailDeliveryAgeMinutes', 1445],
    ]);
  });
});
