// Owns a server on 127.0.0.1 that answers for STS, EKS, IAM and EC2, each in its own protocol, as an account of given facts would.
// What the facts leave undefined is refused, as to somebody without that permission.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { roleName } from '../../src/diagnosis/case.ts';
import type { AwsFacts } from '../../src/diagnosis/facts.ts';

export interface AccountServer {
  /** For every client of the SDK. */
  environment: Record<string, string>;
  facts: AwsFacts;
  /** Events of the cluster's audit log, as CloudWatch Logs has them; refused where undefined. */
  auditEvents: string[] | undefined;
  /** The address of the cluster's API server, as DescribeCluster tells it. */
  endpoint: string;
  /** As IAM calls what was asked: `iam:GetRole`. */
  actions: Set<string>;
  stop(): Promise<void>;
}

/** What was asked is noted in `actions`. */
export async function startAccountServer(actions = new Set<string>()): Promise<AccountServer> {
  const server: AccountServer = {
    environment: {},
    facts: { unread: [] },
    auditEvents: undefined,
    endpoint: '',
    actions,
    stop: async () => {},
  };
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const asked = new URLSearchParams(body);
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('Logs_')) return ofLogs(server, target, response);
    const action = asked.get('Action');
    if (action === null) return ofEks(server, request, response);
    return ofQuery(server, action, asked, response);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  server.environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-west-2',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  server.stop = async () => {
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  };
  return server;
}

const SERVICES: Record<string, string> = { GetCallerIdentity: 'sts', DescribeVpcEndpoints: 'ec2' };

function ofQuery(
  server: AccountServer,
  action: string,
  asked: URLSearchParams,
  response: ServerResponse,
): void {
  const service = SERVICES[action] ?? 'iam';
  server.actions.add(`${service}:${action}`);
  const result = queryResult(server.facts, action, asked);
  const xml = (status: number, text: string) =>
    response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
  if (typeof result === 'string') {
    // EC2 has no wrapper around its result.
    const inner = service === 'ec2' ? result : `<${action}Result>${result}</${action}Result>`;
    xml(200, `<${action}Response>${inner}</${action}Response>`);
    return;
  }
  const [status, code] = result === null ? [404, 'NoSuchEntity'] : [403, 'AccessDenied'];
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>said by the test</Message></Error>`;
  xml(
    status,
    service === 'ec2'
      ? `<Response><Errors>${error}</Errors></Response>`
      : `<ErrorResponse>${error}</ErrorResponse>`,
  );
}

/** The inside of the answer; null where there is no such thing, undefined where the question is refused. */
function queryResult(facts: AwsFacts, action: string, asked: URLSearchParams): string | null | undefined {
  const { role, providers, vpcEndpoints, accountId } = facts;
  switch (action) {
    case 'GetCallerIdentity':
      return accountId === undefined
        ? undefined
        : `<Arn>arn:aws:iam::${accountId}:user/ana</Arn><UserId>AIDA</UserId><Account>${accountId}</Account>`;
    case 'GetRole':
      if (role === undefined || role === null) return role;
      if (roleName(role.arn)?.toLowerCase() !== asked.get('RoleName')?.toLowerCase()) return null;
      return (
        `<Role><Path>/</Path><Arn>${role.arn}</Arn><RoleName>${roleName(role.arn)}</RoleName><RoleId>AROA</RoleId>` +
        `<AssumeRolePolicyDocument>${encodeURIComponent(role.trustPolicy)}</AssumeRolePolicyDocument>` +
        `<CreateDate>2026-01-01T00:00:00Z</CreateDate><MaxSessionDuration>${role.maxSessionSeconds ?? 3600}</MaxSessionDuration></Role>`
      );
    case 'ListRoles':
      return role === undefined
        ? undefined
        : `<IsTruncated>false</IsTruncated><Roles>${role === null ? '' : `<member>${queryResult(facts, 'GetRole', new URLSearchParams({ RoleName: roleName(role.arn) ?? '' }))?.replace(/^<Role>|<\/Role>$/g, '')}</member>`}</Roles>`;
    case 'ListAttachedRolePolicies':
      return `<AttachedPolicies>${members(role?.policies, (arn) => `<PolicyArn>${arn}</PolicyArn>`)}</AttachedPolicies><IsTruncated>false</IsTruncated>`;
    case 'ListRolePolicies':
      return '<PolicyNames></PolicyNames><IsTruncated>false</IsTruncated>';
    case 'ListOpenIDConnectProviders':
      return providers === undefined
        ? undefined
        : `<OpenIDConnectProviderList>${members(providers, ({ arn }) => `<Arn>${arn}</Arn>`)}</OpenIDConnectProviderList>`;
    case 'GetOpenIDConnectProvider': {
      const clientIds = providers?.find(
        ({ arn }) => arn === asked.get('OpenIDConnectProviderArn'),
      )?.clientIds;
      return (
        clientIds &&
        `<ClientIDList>${members(clientIds, (id) => id)}</ClientIDList><ThumbprintList></ThumbprintList>`
      );
    }
    case 'DescribeVpcEndpoints':
      return vpcEndpoints === undefined
        ? undefined
        : `<vpcEndpointSet>${vpcEndpoints.map(({ service, state }) => `<item><serviceName>${service}</serviceName><state>${state}</state></item>`).join('')}</vpcEndpointSet>`;
    default:
      return undefined;
  }
}

function members<T>(all: readonly T[] | undefined, text: (one: T) => string): string {
  return (all ?? []).map((one) => `<member>${text(one)}</member>`).join('');
}

function ofLogs({ actions, auditEvents }: AccountServer, target: string, response: ServerResponse): void {
  actions.add(`logs:${target.split('.').at(-1)}`);
  response
    .writeHead(auditEvents === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    .end(
      JSON.stringify(
        auditEvents === undefined
          ? { __type: 'ResourceNotFoundException', message: 'said by the test' }
          : { events: auditEvents.map((message) => ({ message })) },
      ),
    );
}

function ofEks(server: AccountServer, { url = '' }: IncomingMessage, response: ServerResponse): void {
  const [action, result] = eksResult(server, new URL(url, 'http://eks').pathname);
  server.actions.add(`eks:${action}`);
  const reply = (status: number, body: unknown, type?: string) =>
    response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(type === undefined ? {} : { 'x-amzn-errortype': type }),
      })
      .end(JSON.stringify(body));
  if (result === undefined) reply(403, { message: 'said by the test' }, 'AccessDeniedException');
  else if (result === null) reply(404, { message: 'said by the test' }, 'ResourceNotFoundException');
  else reply(200, result);
}

function eksResult({ facts, endpoint }: AccountServer, path: string): [string, object | null | undefined] {
  const { eksCluster, associations, agentAddOn } = facts;
  const [, , name, kind, id] = path.split('/');
  if (name === undefined) return ['ListClusters', eksCluster && { clusters: [eksCluster.name] }];
  if (kind === undefined)
    return [
      'DescribeCluster',
      eksCluster && {
        cluster: {
          name: eksCluster.name,
          arn: eksCluster.arn,
          endpoint,
          createdAt: (eksCluster.createdAt ?? 0) / 1_000,
          identity: { oidc: { issuer: `https://${eksCluster.issuer}` } },
          computeConfig: { enabled: eksCluster.isAutoMode === true },
          resourcesVpcConfig: { vpcId: eksCluster.vpcId, endpointPublicAccess: eksCluster.isPublic },
        },
      },
    ];
  if (kind === 'addons')
    return [
      'DescribeAddon',
      agentAddOn && {
        addon: {
          addonName: id,
          addonVersion: agentAddOn.version,
          status: agentAddOn.status,
          health: { issues: agentAddOn.issues.map((code) => ({ code })) },
        },
      },
    ];
  if (id === undefined)
    return [
      'ListPodIdentityAssociations',
      associations && {
        associations: associations.map(({ id: associationId }) => ({
          associationId,
          namespace: 'payments',
          serviceAccount: 'api',
        })),
      },
    ];
  const one = associations?.find((association) => association.id === id);
  return [
    'DescribePodIdentityAssociation',
    one && {
      association: {
        associationId: one.id,
        roleArn: one.roleArn,
        targetRoleArn: one.targetRoleArn,
        ...(one.createdAt === undefined ? {} : { createdAt: one.createdAt / 1_000 }),
        disableSessionTags: one.hasSessionTags === false,
      },
    },
  ];
}
