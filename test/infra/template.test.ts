// The stack as it is packaged, offline and without credentials: what it may do, what it keeps, and that the built bundles ask
// for no more than their roles allow.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRIC_NAMES, workloadNamesOf } from '../../src/live/metrics.ts';
import { DENIED } from '../../src/trail/denial.ts';
import { type Execute, startAthenaServer } from '../support/athena-server.ts';
import { startIamServer } from '../support/iam-server.ts';
import { type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';
import { deniedCall, event, issued, refused } from '../support/live-events.ts';
import { drain } from '../support/queue.ts';
import { S3_ENVIRONMENT, startS3Server } from '../support/s3-server.ts';
import { startTrailServer } from '../support/trail-server.ts';

const TRAIL = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/management';
const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';
/** Changed by hand, so that a review sees what a role gains. */
const PERMISSIONS = 'test/infra/permissions.json';
const QUEUED = ['ingest-log-file', 'watch-assumptions', 'watch-denials'];

const ROLE_OF: Record<string, string> = {
  'check-trail': 'CheckTrailRole',
  'probe-issuer': 'ProbeIssuerRole',
  report: 'ReportRole',
  'roll-up': 'RollUpRole',
  'settle-findings': 'SettleFindingsRole',
  'watch-assumptions': 'WatchAssumptionsRole',
  'watch-denials': 'WatchDenialsRole',
};

interface Statement {
  Sid?: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

interface Resource {
  Type: string;
  Condition?: string;
  DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has properties of its own
  Properties: Record<string, any>;
}

let resources: Record<string, Resource>;

beforeAll(() => {
  const { AWS_PROFILE: _, AWS_ACCESS_KEY_ID: __, ...env } = process.env;
  execFileSync('npm', ['run', '-s', 'package', '--', `--param=trailArn=${TRAIL}`], {
    env: { ...env, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
    stdio: 'pipe',
  });
  resources = JSON.parse(readFileSync(TEMPLATE, 'utf8')).Resources;
}, 120_000);

/** What the roles of the history's functions hold for Athena, which works in its caller's name. */
const OF_ATHENA =
  /^glue:|^s3:(AbortMultipartUpload|DeleteObject|GetBucketLocation|GetObject|ListBucket|ListBucketMultipartUploads|ListMultipartUploadParts|PutObject)$/;
const OF_HISTORY = ['report', 'roll-up'];

const all = (type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

function statements(role: Resource): Statement[] {
  return (role.Properties.Policies ?? [role.Properties]).flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  );
}

describe('the packaged template', () => {
  it('is valid to the official validator', () => {
    const engine = new RegoEngine();
    try {
      const { diagnostics } = engine.validateStandard(new TemplateFile(TEMPLATE));
      const faults = diagnostics.filter(({ severity }) => /error|fatal/i.test(String(severity)));
      expect(faults.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
    } finally {
      engine.free();
    }
  });

  it('lets read-only calls through the rules of the event path, and has one path only', () => {
    const rules = Object.fromEntries(all('AWS::Events::Rule'));
    expect(Object.keys(rules).sort()).toEqual([
      'AssumptionsRule',
      'CheckTrailRule',
      'DenialsRule',
      'LogFilesRule',
      'ProbeIssuerRule',
      'ReportRule',
      'RollUpRule',
      'SettleFindingsRule',
    ]);
    for (const name of ['AssumptionsRule', 'DenialsRule'])
      expect([rules[name]?.Condition, rules[name]?.Properties.State]).toEqual([
        'ByEvents',
        'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      ]);
    expect(rules.LogFilesRule?.Condition).toBe('ByBucketEvents');
  });

  it('lets every spelling of a denial through', () => {
    const patterns: { wildcard?: string; suffix?: string }[] =
      resources.DenialsRule?.Properties.EventPattern.detail.errorCode;
    const passes = (code: string) =>
      patterns.some(({ wildcard, suffix }) =>
        wildcard === undefined ? code.endsWith(suffix ?? '-') : code.includes(wildcard.replaceAll('*', '')),
      );
    const spelled = DENIED.source.split(/\|(?![^(]*\))/).flatMap((one) => {
      const [, head = '', tails] = /^(\w+)(?:\(([^)]*)\)\??)?[$]?$/.exec(one) ?? [];
      return [
        head,
        ...(tails ?? '')
          .split('|')
          .filter(Boolean)
          .map((tail) => head + tail),
      ];
    });
    expect(spelled.length).toBe(8);
    for (const code of spelled) expect([code, passes(`Client.${code}`)]).toEqual([code, true]);
  });

  it('encrypts, keeps and retains', () => {
    expect(resources.Ledger).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        SSESpecification: { SSEEnabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      },
    });
    expect(resources.FindingsTopic?.Properties.KmsMasterKeyId).toBeDefined();
    const buckets = all('AWS::S3::Bucket').filter(([name]) => name !== 'ServerlessDeploymentBucket');
    expect(buckets).toMatchObject([
      [
        'HistoryBucket',
        {
          DeletionPolicy: 'Retain',
          Properties: {
            BucketEncryption: expect.anything(),
            PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
          },
        },
      ],
    ]);
    expect(resources.HistoryWorkGroup?.Properties.WorkGroupConfiguration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 1e12,
    });
    for (const [name, { Properties }] of all('AWS::SQS::Queue')) {
      expect([name, Properties.SqsManagedSseEnabled]).toEqual([name, true]);
      const isDead = name.endsWith('DeadLetters');
      expect([name, Properties.RedrivePolicy?.maxReceiveCount]).toEqual([name, isDead ? undefined : 5]);
    }
    expect(all('AWS::Logs::LogGroup').length).toBe(all('AWS::Lambda::Function').length);
    for (const [name, { Properties }] of all('AWS::Logs::LogGroup'))
      expect([name, Properties.RetentionInDays]).toEqual([name, 30]);
  });

  it('gives messages six times as long as their function may take, and lets single ones fail', () => {
    const mappings = all('AWS::Lambda::EventSourceMapping');
    expect(mappings.length).toBe(QUEUED.length);
    for (const [, { Properties }] of mappings) {
      const queue = resources[Properties.EventSourceArn['Fn::GetAtt'][0]];
      const run = resources[Properties.FunctionName['Fn::GetAtt'][0]];
      expect(queue?.Properties.VisibilityTimeout).toBe(6 * run?.Properties.Timeout);
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThan(1);
    }
  });

  it('alarms on a queue whose messages wait for longer than all their tries, and long before it drops them', () => {
    const lags = all('AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties.MetricName === 'ApproximateAgeOfOldestMessage',
    );
    const watched = lags.map(([, { Properties }]) => Properties.Dimensions[0].Value['Fn::GetAtt'][0]);
    const fed = all('AWS::Lambda::EventSourceMapping').map(
      ([, { Properties }]) => Properties.EventSourceArn['Fn::GetAtt'][0],
    );
    expect(watched.sort()).toEqual(fed.sort());
    for (const [, { Properties }] of lags) {
      const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } =
        resources[Properties.Dimensions[0].Value['Fn::GetAtt'][0]]?.Properties ?? {};
      expect(Properties.Threshold).toBeGreaterThan(RedrivePolicy.maxReceiveCount * VisibilityTimeout);
      expect(Properties.Threshold).toBeLessThan(MessageRetentionPeriod / 2);
    }
  });

  it('says in each alarm what to do, in a section of the runbook that is there', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    const alarms = all('AWS::CloudWatch::Alarm');
    expect(readFileSync('docs/deploy.md', 'utf8')).toContain(`${alarms.length} alarms at most`);
    for (const [name, { Properties }] of alarms) {
      const section = /docs\/runbook[.]md#([a-z-]+)/.exec(Properties.AlarmDescription)?.[1];
      expect([name, sections]).toEqual([name, expect.arrayContaining([section])]);
      expect(Properties.AlarmActions).toEqual([{ Ref: 'FindingsTopic' }]);
    }
    expect(resources.DeliverySilence?.Properties.TreatMissingData).toBe('breaching');
  });

  it('reads, in alarms and on the dashboard, metrics that are put', () => {
    const ours = all('AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
      [Properties, ...(Properties.Metrics ?? []).map((one: Resource['Properties']) => one.MetricStat?.Metric)]
        .filter((metric) => metric?.Namespace === 'podtrail')
        .map(({ MetricName }) => MetricName),
    );
    expect(ours.length).toBeGreaterThan(8);
    const body: string = resources.Dashboard?.Properties.DashboardBody['Fn::Sub'];
    const { widgets } = JSON.parse(body.replace(/\$\{[^}]*\}/g, 'x'));
    expect(widgets.length).toBe(9);
    const shown = [...body.matchAll(/"podtrail", "(\w+)"|'\{podtrail,[\w,]+\} MetricName=\\"(\w+)\\"/g)].map(
      ([, plain, searched]) => plain ?? searched,
    );
    expect(shown.length).toBeGreaterThan(9);
    expect(METRIC_NAMES).toEqual(expect.arrayContaining([...ours, ...shown]));
  });

  it('makes one alarm for all named workloads, on the series that are put of them, and only where some are named', () => {
    const { Condition, Properties } = resources.WorkloadChurn as Resource;
    expect(Condition).toBe('NamesWorkloads');
    const [query, ...more] = Properties.Metrics;
    expect([more, query.Period, query.ReturnData]).toEqual([[], 900, true]);
    const [, metric, namespace, names = '', grouped] =
      /^SELECT SUM[(](\w+)[)] FROM SCHEMA[(]"([\w-]+)", ([\w, ]+)[)] WHERE Cluster != 'other' GROUP BY ([\w, ]+) ORDER BY SUM[(][)] DESC$/.exec(
        query.Expression,
      ) ?? [];
    const nobody = { namespaces: new Set<string>(), workloads: new Set<string>() };
    expect([metric, namespace, grouped]).toEqual(['WorkloadSessions', 'podtrail', names]);
    expect(names.split(', ')).toEqual(Object.keys(workloadNamesOf(null, nobody)));
    expect(METRIC_NAMES).toContain(metric);
  });

  it('permits what stands in permissions.json, nothing else, and no wildcard of actions', () => {
    const permissions = Object.fromEntries(
      [...all('AWS::IAM::Role'), ...all('AWS::IAM::Policy')].map(([name, role]) => [
        name,
        statements(role).map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition })),
      ]),
    );
    expect(JSON.parse(JSON.stringify(permissions))).toEqual(JSON.parse(readFileSync(PERMISSIONS, 'utf8')));
    for (const { Action, Resource, Condition } of Object.values(permissions).flat()) {
      expect([Action].flat().join(' ')).not.toContain('*');
      // CloudWatch has no resource to name, its namespace stands in; a list of providers has neither.
      if (Resource === '*')
        expect([
          ['cloudwatch:PutMetricData', expect.anything()],
          ['iam:ListOpenIDConnectProviders', undefined],
        ]).toContainEqual([Action, Condition]);
    }
  });
});

describe('the alarms of the history', () => {
  it.each(['HistoryBehind', 'RollUpErrors'])('see two runs of the schedule at least: %s', (alarm) => {
    const { ScheduleExpression: schedule } = resources.RollUpRule?.Properties ?? {};
    const hours = (/^cron[(]\d+ ([\d,]+) [*] [*] [?] [*][)]$/.exec(schedule)?.[1] ?? '')
      .split(',')
      .map(Number);
    const { Period, EvaluationPeriods } = resources[alarm]?.Properties ?? {};
    expect(hours.length).toBeGreaterThan(1);
    const gaps = hours.map((hour, place) => (hours[place + 1] ?? 24 + (hours[0] ?? 0)) - hour);
    expect((Period * EvaluationPeriods) / 3600).toBeGreaterThan(2 * Math.max(...gaps));
  });
});

describe('the roles of the history', () => {
  const of = (role: string) => statements(resources[role] as Resource);
  const having = (role: string, action: string) =>
    JSON.stringify(of(role).filter(({ Action }) => [Action].flat().includes(action)));

  it('delete tables of their own work only', () => {
    const deleting = having('RollUpRole', 'glue:DeleteTable');
    expect(deleting).toContain('database/podtrail_scratch_*');
    expect(deleting).not.toMatch(/(database|table)[/](podtrail|default)["/]/);
    expect(having('ReportRole', 'glue:DeleteTable')).toBe('[]');
  });

  it.each(['RollUpRole', 'ReportRole'])(
    'see the default database, without which Athena runs nothing: %s',
    (role) => {
      expect(having(role, 'glue:GetDatabase')).toContain('database/default');
    },
  );
});

describe('parameters that make a stack which watches nothing', () => {
  it.each([
    ['path=file', /path is events or files, not "file"/],
    ['path=files', /logBucket is needed/],
    ['history=yes', /logBucket is needed/],
    ['history=maybe', /history is yes or no/],
    ['logBucket=s3://trail-bucket/', /logBucket is a bucket's name alone/],
    ['logTopicArn=new-files', /logTopicArn is an SNS topic's ARN/],
    ['logKeyArn=arn:aws:kms:us-east-1:111122223333:alias/trail', /logKeyArn is the ARN of a key itself/],
    ['trailArn=management', /trailArn is a trail's ARN/],
    ['clusters=nonsense', /clusters is JSON/],
    [
      'namedWorkloads=prod/a/b,payments',
      /namedWorkloads is cluster[/]namespace[/]service-account.*"payments"/,
    ],
    ['unnamedPercent=half', /unnamedPercent is a whole number/],
    ['unnamedPercent=100', /unnamedPercent is 99 at most/],
    ['historyBehindHours=long', /historyBehindHours is a whole number/],
    ['historyBehindHours=1', /historyBehindHours is from 2 to 168/],
    ['historyBehindHours=169', /historyBehindHours is from 2 to 168/],
    ['namedNamespaces=prod/payments,orders', /namedNamespaces is cluster[/]namespace.*"orders"/],
    ['namedWorkloads=other/orders/worker', /no cluster "other"/],
  ])('are refused: %s', (param, said) => {
    const { status, stdout, stderr } = spawnSync('npx', ['--no', 'osls', 'package', `--param=${param}`], {
      encoding: 'utf8',
    });
    expect([status, `${stdout}${stderr}`]).toEqual([1, expect.stringMatching(said)]);
  });
});

describe('the template for a log group', () => {
  const LOG_GROUP = 'infra/log-group.yml';

  it('is valid to the official validator, and its alarms lead to the runbook', () => {
    const engine = new RegoEngine();
    try {
      const { diagnostics } = engine.validateStandard(new TemplateFile(LOG_GROUP));
      const faults = diagnostics.filter(({ severity }) => /error|fatal/i.test(String(severity)));
      expect(faults.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
    } finally {
      engine.free();
    }
    const text = readFileSync(LOG_GROUP, 'utf8');
    const runbook = readFileSync('docs/runbook.md', 'utf8').toLowerCase().replaceAll(' ', '-');
    const sections = [...text.matchAll(/docs\/runbook[.]md#([a-z-]+)/g)].map(([, section = '']) => section);
    expect(sections.length).toBe(text.match(/AWS::CloudWatch::Alarm/g)?.length);
    for (const section of sections) expect(runbook).toContain(`##-${section}\n`);
  });

  it('counts the same spellings of a denial as the rule of the stack', () => {
    const spelled = (text: string) =>
      [...new Set(text.match(/(?<=[*\\"])[A-Z][A-Za-z]+|AccessDenied/g))].sort();
    const [filter = ''] = /AccessDenied[*]"[^']*/.exec(readFileSync(LOG_GROUP, 'utf8')) ?? [];
    const patterns = JSON.stringify(resources.DenialsRule?.Properties.EventPattern.detail.errorCode);
    expect(spelled(filter)).toEqual(spelled(patterns));
  });
});

describe('the built bundles', () => {
  let emulators: LiveEmulators;
  let before: NodeJS.ProcessEnv;

  beforeAll(async () => {
    before = { ...process.env };
    emulators = await startLiveEmulators();
    Object.assign(process.env, emulators.environment);
  });
  afterAll(async () => {
    process.env = before;
    await emulators.stop();
  });

  it('ask for nothing that their roles do not allow, and for all that these do', async () => {
    const load = async (name: string) => {
      const { href } = pathToFileURL(`build/functions/${name}/index.mjs`);
      return (await import(href)).handler as (event: SQSEvent) => Promise<SQSBatchResponse>;
    };
    const asked: Record<string, string[]> = {};
    const asks = async (name: string, bodies: string[]) => {
      emulators.actions.clear();
      // Once the metrics fail, so that what was begun is given back.
      emulators.throttle('cloudwatch', 1);
      expect(await drain(bodies, await load(name), { batch: 1 })).toEqual([]);
      asked[name] = [...emulators.actions].sort();
    };
    const issuance = event(issued(1));
    const denied = event(deniedCall(3));
    const { userIdentity } = deniedCall(3);
    const chained = event(refused(2, { eventName: 'AssumeRole', userIdentity }));
    await asks('watch-assumptions', [issuance, issuance, chained]);
    await asks('watch-denials', [denied, denied]);
    emulators.actions.clear();
    const { handler: settle } = await import(pathToFileURL('build/functions/settle-findings/index.mjs').href);
    emulators.throttle('sns', 1);
    await expect(settle({ time: '2026-10-05T03:02:00Z' })).rejects.toThrow('Rate exceeded');
    // Told, and then over.
    for (const time of ['2026-10-05T03:03:00Z', '2026-10-05T13:04:00Z']) await settle({ time });
    asked['settle-findings'] = [...emulators.actions];
    expect(emulators.findings.map(({ state }) => state)).toEqual(['open', 'open', 'closed', 'closed']);
    const trail = await startTrailServer();
    Object.assign(process.env, { AWS_ENDPOINT_URL_CLOUDTRAIL: trail.url, TRAIL_ARN: TRAIL });
    trail.answers = { GetTrail: {}, GetTrailStatus: { LatestDeliveryTime: 0 }, GetEventSelectors: {} };
    emulators.actions.clear();
    const { handler: check } = await import(pathToFileURL('build/functions/check-trail/index.mjs').href);
    for (const _ of ['once', 'again']) await check();
    emulators.throttle('sns', 1);
    trail.answers.GetTrail = { Trail: { IsMultiRegionTrail: true } };
    trail.answers.GetTrailStatus = {
      IsLogging: true,
      LatestDeliveryTime: 0,
      LatestDeliveryError: 'NoSuchBucket',
    };
    await expect(check()).rejects.toThrow('Rate exceeded');
    await trail.stop();
    asked['check-trail'] = [...emulators.actions, ...trail.actions].sort();
    const iam = await startIamServer();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_IAM: iam.url,
      AUDIENCE: 'sts.amazonaws.com',
      ACCOUNT_ID: '111122223333',
      // Nobody answers at this port.
      CLUSTERS: JSON.stringify({
        '127.0.0.1:1/id/A': { id: 'arn:aws:eks:us-east-1:111122223333:cluster/a', name: 'a' },
      }),
    });
    emulators.actions.clear();
    const { handler: probe } = await import(pathToFileURL('build/functions/probe-issuer/index.mjs').href);
    for (const _ of ['once', 'again']) await probe();
    emulators.throttle('sns', 1);
    iam.providers['arn:aws:iam::111122223333:oidc-provider/127.0.0.1:1/id/A'] = {
      audiences: [],
      thumbprints: [],
    };
    await expect(probe()).rejects.toThrow('Rate exceeded');
    await iam.stop();
    asked['probe-issuer'] = [...emulators.actions, ...iam.actions];
    const none = { columns: [{ name: 'day', type: 'varchar' }], rows: [], scannedBytes: 0 };
    const failing: Execute = async ({ sql }) => {
      if (sql.includes('order by day')) return none;
      throw new Error('COLUMN_NOT_FOUND: something');
    };
    let execute = failing;
    const athena = await startAthenaServer((statement) => execute(statement));
    const s3 = await startS3Server();
    await s3.createBucket('history-bucket');
    Object.assign(process.env, S3_ENVIRONMENT, {
      AWS_ENDPOINT_URL_ATHENA: athena.url,
      AWS_ENDPOINT_URL_S3: s3.endpointUrl,
      AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
      REPORT_BUCKET: 'history-bucket',
      ATHENA_BUCKET: 's3://trail-bucket/',
      ATHENA_ACCOUNTS: '111122223333',
      ATHENA_REGIONS: 'us-east-1',
    });
    const history = async (name: string, event: unknown, remainingMs: number) => {
      const { handler } = await import(pathToFileURL(`build/functions/${name}/index.mjs`).href);
      return handler(event, { awsRequestId: name, getRemainingTimeInMillis: () => remainingMs });
    };
    const calls = () => [
      ...emulators.actions,
      ...athena.actions,
      ...s3.requests.flatMap(({ method }) => (method === 'PUT' ? 's3:PutObject' : `s3:${method}`)),
    ];
    const report = { question: 'sessions', parameters: { since: '2026-10-05' } };
    for (const [name, event] of [
      ['roll-up', {}],
      ['report', report],
    ] as const) {
      emulators.actions.clear();
      athena.actions.clear();
      s3.forget();
      await expect(history(name, event, 900_000)).rejects.toThrow('COLUMN_NOT_FOUND');
      // A statement that goes on when the time is over is stopped.
      execute = () => new Promise(() => {});
      await expect(history(name, event, 60_200)).rejects.toThrow('cancelled');
      execute = failing;
      asked[name] = calls();
    }
    execute = async () => none;
    await history('report', report, 900_000);
    asked.report = [...new Set([...(asked.report ?? []), ...calls()])];
    await athena.stop();
    await s3.stop();
    for (const [name, actions] of Object.entries(asked)) {
      const allowed = statements(resources[ROLE_OF[name] ?? ''] as Resource)
        .flatMap(({ Action }) => Action)
        // What Lambda itself does with a role: it polls the queue and writes the log; SNS uses the topic's key.
        .filter((action) => !/^(sqs|logs|kms):/.test(action))
        .filter(
          (action) => !(OF_HISTORY.includes(name) && OF_ATHENA.test(action) && !actions.includes(action)),
        );
      expect(allowed).toEqual(expect.arrayContaining(actions));
      const unasked = allowed.filter((action) => !actions.includes(action));
      expect(unasked).toEqual([]);
    }
  });
});
