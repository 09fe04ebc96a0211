// An issuer over real TLS: what STS would see of it, which faults that makes, and how they are told.
import { IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readIamProvider } from '../../src/adapters/iam/read-provider.ts';
import { probeIssuer } from '../../src/adapters/oidc/probe.ts';
import { type IssuerState, issuerFindings } from '../../src/live/issuer-probe.ts';
import { type IamServer, startIamServer } from '../support/iam-server.ts';
import { type Answer, type IssuerServer, startIssuerServer, wellSaid } from '../support/issuer-server.ts';
import { type LiveEmulators, startLiveEmulators } from '../support/live-emulators.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const LIFETIME = { begin: new Date(NOW - DAY_MS), end: new Date(NOW + 100 * DAY_MS) };
const AUDIENCE = 'sts.amazonaws.com';
const PROVIDER_ARN = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE';

let server: IssuerServer;
let before: NodeJS.ProcessEnv;

beforeAll(async () => {
  before = { ...process.env };
  server = await startIssuerServer(LIFETIME);
});
afterAll(async () => {
  process.env = before;
  await server.stop();
});
beforeEach(() => {
  server.answer = wellSaid(server.issuer);
});

describe('probeIssuer', () => {
  const probe = (more: Partial<Parameters<typeof probeIssuer>[1]> = {}) =>
    probeIssuer(server.issuer, { timeoutMs: 2_000, ca: server.certificate, ...more });

  it('sees an issuer that is fit, how long it takes, and its certificates', async () => {
    const { latencyMs, fault, certificates } = await probe();
    expect(fault).toBeNull();
    expect(latencyMs).toBeGreaterThan(0);
    expect(certificates).toEqual({
      isTrusted: true,
      end: Math.floor(LIFETIME.end.getTime() / 1000) * 1000,
      thumbprint: server.thumbprint,
    });
  });

  it('says whether a public authority has signed', async () => {
    const { fault, certificates } = await probeIssuer(server.issuer, { timeoutMs: 2_000 });
    expect([fault, certificates?.isTrusted, certificates?.thumbprint]).toEqual([
      null,
      false,
      server.thumbprint,
    ]);
  });

  const document = (more: object): Answer => {
    const said = { issuer: `https://${server.issuer}`, jwks_uri: `https://${server.issuer}/keys`, ...more };
    return (path) =>
      path.endsWith('/keys') ? wellSaid(server.issuer)(path) : { body: JSON.stringify(said) };
  };
  const keys = (body: string): Answer => {
    return (path) => (path.endsWith('/keys') ? { body } : wellSaid(server.issuer)(path));
  };

  it.each<[string, string, string, () => Answer]>([
    ['a status', 'unreachable', 'status 404', () => () => ({ status: 404 })],
    ['a redirection', 'unreachable', 'status 302', () => () => ({ status: 302, headers: { location: '/' } })],
    ['nothing', 'unreachable', 'did not come within 300 ms', () => () => null],
    ['a page', 'wrong-document', 'is not JSON', () => () => ({ body: '<html>' })],
    ['null', 'wrong-document', 'not an object', () => () => ({ body: 'null' })],
    ['too much', 'wrong-document', 'longer than 65536 bytes', () => () => ({ body: 'x'.repeat(70_000) })],
    [
      'another issuer',
      'wrong-document',
      'its issuer is',
      () => document({ issuer: `https://${server.issuer}/` }),
    ],
    ['keys elsewhere', 'wrong-document', 'same host', () => document({ jwks_uri: 'https://192.0.2.1/keys' })],
    [
      'keys without TLS',
      'wrong-document',
      'https',
      () => document({ jwks_uri: `http://${server.issuer}/keys` }),
    ],
    ['no address of keys', 'wrong-document', 'https', () => document({ jwks_uri: 1 })],
    ['no list of keys', 'wrong-document', 'no keys', () => keys('{}')],
    ['an empty list', 'no-signing-key', 'none of the 0', () => keys('{"keys":[]}')],
    [
      'keys to encrypt',
      'no-signing-key',
      'none of the 2',
      () => keys('{"keys":[{"kty":"RSA","use":"enc"},null]}'),
    ],
  ])('tells %s', async (_, kind, detail, answer) => {
    server.answer = answer();
    const { fault, latencyMs } = await probe({ timeoutMs: 300 });
    expect([fault?.kind, latencyMs]).toEqual([kind, null]);
    expect(fault?.detail).toContain(detail);
  });

  it('tells of an address where nobody answers', async () => {
    const other = await startIssuerServer(LIFETIME);
    await other.stop();
    const { fault, certificates } = await probeIssuer(other.issuer, { timeoutMs: 2_000 });
    expect([fault?.kind, certificates]).toEqual(['unreachable', null]);
  });

  it('sees a certificate that has ended', async () => {
    const ended = await startIssuerServer({ begin: new Date(NOW - 9 * DAY_MS), end: new Date(NOW - DAY_MS) });
    const { certificates } = await probeIssuer(ended.issuer, { timeoutMs: 2_000, ca: ended.certificate });
    await ended.stop();
    expect(certificates?.isTrusted).toBe(false);
    expect(certificates?.end).toBeLessThan(NOW);
  });
});

describe('issuerFindings', () => {
  it('are the same finding of a day whatever the words of the error', () => {
    const ids = ['ETIMEDOUT 198.51.100.1:443', 'ETIMEDOUT 198.51.100.2:443'].flatMap((detail) =>
      issuerFindings({ ...FIT, fault: { kind: 'unreachable', detail } }, AUDIENCE, NOW).map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(2);
  });

  const FIT: IssuerState = {
    issuer: 'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE',
    cluster: 'prod',
    latencyMs: 120,
    fault: null,
    certificates: { isTrusted: true, end: NOW + 100 * DAY_MS, thumbprint: 'aa' },
    provider: { arn: PROVIDER_ARN, audiences: [AUDIENCE], thumbprints: [] },
  };
  const faults = (more: Partial<IssuerState>) =>
    issuerFindings({ ...FIT, ...more }, AUDIENCE, NOW).map(({ fault }) => fault);
  const certificates = (more: object) => ({
    isTrusted: true,
    end: NOW + 100 * DAY_MS,
    thumbprint: 'aa',
    ...more,
  });

  it('finds nothing where STS can check tokens', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ provider: 'unknown' })).toEqual([]);
    expect(faults({ certificates: null })).toEqual([]);
  });

  it.each<[string, Partial<IssuerState>]>([
    ['unreachable', { latencyMs: null, fault: { kind: 'unreachable', detail: 'x' } }],
    ['wrong-document', { latencyMs: null, fault: { kind: 'wrong-document', detail: 'x' } }],
    ['no-signing-key', { latencyMs: null, fault: { kind: 'no-signing-key', detail: 'x' } }],
    ['slow', { latencyMs: 2_001 }],
    ['certificate-ends', { certificates: certificates({ end: NOW + 14 * DAY_MS - 1 }) }],
    ['provider-missing', { provider: null }],
    ['audience-missing', { provider: { arn: PROVIDER_ARN, audiences: ['other'], thumbprints: [] } }],
    ['thumbprint-stale', { certificates: certificates({ isTrusted: false }) }],
  ])('finds %s, and that alone', (fault, more) => {
    expect(faults(more)).toEqual([fault]);
  });

  it.each<[Partial<IssuerState>, string]>([
    [
      { provider: { arn: PROVIDER_ARN, audiences: [], thumbprints: [] } },
      `add-client-id-to-open-id-connect-provider --client-id ${AUDIENCE}`,
    ],
    [
      { certificates: certificates({ isTrusted: false }) },
      'update-open-id-connect-provider-thumbprint --thumbprint-list aa',
    ],
  ])('names in its remedy the provider that it mends: %j', (more, command) => {
    const remedies = issuerFindings({ ...FIT, ...more }, AUDIENCE, NOW).map(({ remedy }) => remedy);
    expect(remedies).toEqual([`aws iam ${command} --open-id-connect-provider-arn ${PROVIDER_ARN}`]);
  });

  it('goes by the thumbprint only where no public authority has signed', () => {
    const provider = { arn: PROVIDER_ARN, audiences: [AUDIENCE], thumbprints: ['AA'] };
    expect(faults({ provider, certificates: certificates({ isTrusted: false }) })).toEqual([]);
    expect(faults({ provider, certificates: certificates({ isTrusted: true, thumbprint: 'bb' }) })).toEqual(
      [],
    );
    expect(faults({ provider: 'unknown', certificates: certificates({ isTrusted: false }) })).toEqual([]);
  });

  it('takes two seconds and two weeks for enough', () => {
    expect(faults({ latencyMs: 2_000 })).toEqual([]);
    expect(faults({ certificates: certificates({ end: NOW + 14 * DAY_MS }) })).toEqual([]);
  });
});

describe('probe-issuer', () => {
  let emulators: LiveEmulators;
  let iam: IamServer;

  beforeAll(async () => {
    emulators = await startLiveEmulators();
    iam = await startIamServer();
    Object.assign(process.env, emulators.environment, {
      AWS_ENDPOINT_URL_IAM: iam.url,
      AUDIENCE,
      ACCOUNT_ID: '111122223333',
      CLUSTERS: JSON.stringify({
        [server.issuer]: { id: 'arn:aws:eks:us-east-1:111122223333:cluster/prod', name: 'prod' },
        '127.0.0.1:1/id/GONE': { id: 'arn:aws:eks:us-east-1:444455556666:cluster/gone', name: 'gone' },
      }),
    });
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await iam.stop();
    await emulators.stop();
  });

  it('reads what IAM has of a provider, and that it has none', async () => {
    const arn = `arn:aws:iam::111122223333:oidc-provider/${server.issuer}`;
    iam.providers[arn] = { audiences: [AUDIENCE, 'other'], thumbprints: [server.thumbprint] };
    const client = new IAMClient();
    expect(await readIamProvider(client, arn)).toEqual({ arn, ...iam.providers[arn] });
    expect(await readIamProvider(client, `${arn}X`)).toBeNull();
    iam.isDown = true;
    await expect(readIamProvider(client, arn)).rejects.toThrow('Rate exceeded');
    iam.isDown = false;
  });

  it('probes each cluster whatever becomes of the others, and tells each fault once a day', async () => {
    const { handler } = await import('../../functions/probe-issuer.ts');
    const run = () => handler({} as never, {} as never, () => {});
    for (const _ of ['once', 'again']) await run();
    expect(emulators.findings.map(({ cluster, fault }) => [cluster, fault])).toEqual([
      ['gone', 'unreachable'],
    ]);
    const put = (name: string) => emulators.metrics.filter((one) => one.name === name);
    expect(put('IssuersUnfit').map(({ value }) => value)).toEqual([1, 1]);
    expect(put('IssuersProbed').map(({ value }) => value)).toEqual([2, 2]);
    expect(put('IssuerLatencyMs').map(({ dimensions }) => dimensions)).toEqual([
      {},
      { Cluster: 'prod' },
      {},
      { Cluster: 'prod' },
    ]);
    expect(put('IssuerCertificateDaysLeft')[0]?.value).toBe(99);
  });

  it('fails where IAM cannot be asked, with all else done', async () => {
    const { handler } = await import('../../functions/probe-issuer.ts');
    emulators.metrics.splice(0);
    iam.isDown = true;
    await expect(handler({} as never, {} as never, () => {})).rejects.toThrow('prod: IAM: Rate exceeded');
    iam.isDown = false;
    expect(emulators.metrics.find(({ name }) => name === 'IssuersProbed')?.value).toBe(2);
  });
});
