// Owns a server on 127.0.0.1 that answers as the API of a cluster of given facts would, for one workload, and a kubeconfig for it.
// What the facts leave undefined is refused, as to somebody without that permission.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterFacts, ContainerFacts, PodFacts, WebhookFacts } from '../../src/diagnosis/facts.ts';

export interface ClusterServer {
  url: string;
  /** The text of a kubeconfig whose context is this cluster. */
  kubeconfig: string;
  facts: ClusterFacts;
  /** As RBAC calls what was asked: `get serviceaccounts`. */
  verbs: Set<string>;
  stop(): Promise<void>;
}

export async function startClusterServer(): Promise<ClusterServer> {
  const server: ClusterServer = {
    url: '',
    kubeconfig: '',
    facts: { unread: [] },
    verbs: new Set(),
    stop: async () => {},
  };
  const http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://cluster');
    const { verb, body } = answer(server.facts, pathname, searchParams);
    server.verbs.add(verb);
    const status = body === undefined ? 403 : body === null ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(
      JSON.stringify(
        body ?? {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          message: 'said by the test',
          code: status,
        },
      ),
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  server.kubeconfig = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'prod', cluster: { server: server.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'ana', user: { token: 'test' } }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'ana' } }],
    'current-context': 'prod',
  });
  server.stop = async () => {
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  };
  return server;
}

interface Answer {
  verb: string;
  body: object | null | undefined;
}

function answer(facts: ClusterFacts, path: string, query: URLSearchParams): Answer {
  const { serviceAccount, pods, webhook, agent, warnings } = facts;
  const [kind, name] = path.split('/').slice(-2);
  if (path.endsWith('/pods')) {
    const wanted = /spec\.serviceAccountName=(.+)/.exec(query.get('fieldSelector') ?? '')?.[1];
    const own = pods?.filter((pod) => pod.serviceAccount === wanted);
    return { verb: 'list pods', body: own && list(own.map((pod) => podObject(pod, webhook))) };
  }
  if (path.endsWith('/events'))
    return {
      verb: 'list events',
      body: warnings && list(warnings.map(({ reason, message }) => ({ type: 'Warning', reason, message }))),
    };
  if (path.endsWith('/mutatingwebhookconfigurations'))
    return {
      verb: 'list mutatingwebhookconfigurations',
      body: webhook === undefined ? undefined : list(webhook === null ? [] : [webhookObject(webhook)]),
    };
  if (path.endsWith('/endpointslices')) {
    const addresses = Array.from(
      { length: webhook?.readyAddresses ?? 0 },
      (_, index) => `10.0.0.${index + 1}`,
    );
    const endpoints = addresses.map((address) => ({ addresses: [address], conditions: { ready: true } }));
    return { verb: 'list endpointslices', body: list([{ addressType: 'IPv4', endpoints }]) };
  }
  if (kind === 'namespaces') return { verb: 'get namespaces', body: { metadata: { name, labels: {} } } };
  if (kind === 'daemonsets')
    return {
      verb: 'get daemonsets',
      body: agent && {
        metadata: { name },
        spec: {},
        status: { desiredNumberScheduled: agent.desired, numberReady: agent.ready },
      },
    };
  if (kind === 'pods') {
    const pod = pods?.find((one) => one.name === name);
    return {
      verb: 'get pods',
      body: pods === undefined ? undefined : ((pod && podObject(pod, webhook)) ?? null),
    };
  }
  if (kind === 'serviceaccounts')
    return {
      verb: 'get serviceaccounts',
      body: serviceAccount && {
        metadata: {
          name,
          annotations: {
            ...(serviceAccount.roleArn === null
              ? {}
              : { 'eks.amazonaws.com/role-arn': serviceAccount.roleArn }),
            ...(serviceAccount.audience === null
              ? {}
              : { 'eks.amazonaws.com/audience': serviceAccount.audience }),
            ...Object.fromEntries((serviceAccount.misnamed ?? []).map((annotation) => [annotation, 'x'])),
          },
          managedFields: [
            {
              manager: 'kubectl-create',
              operation: 'Update',
              time: iso(0),
              fieldsV1: { 'f:metadata': { 'f:labels': {} } },
            },
            {
              manager: 'kubectl-annotate',
              operation: 'Update',
              time: iso(serviceAccount.annotatedAt ?? 0),
              fieldsV1: {
                'f:metadata': { 'f:annotations': { '.': {}, 'f:eks.amazonaws.com/role-arn': {} } },
              },
            },
          ],
        },
      },
    };
  throw new RangeError(`nothing is to ask for ${path}`);
}

const iso = (at: number) => new Date(at).toISOString();
const list = (items: object[]) => ({ kind: 'List', apiVersion: 'v1', metadata: {}, items });
const LEFT_OUT = 'eks.amazonaws.com/skip-pod-identity-webhook';

function podObject(
  { name, serviceAccount, createdAt, containers, hasRoleAnnotation }: PodFacts,
  webhook: ClusterFacts['webhook'],
) {
  const volumes = containers.flatMap(({ tokenFiles }) =>
    tokenFiles.map(({ path, audience }) => ({
      name: volumeName(path),
      projected: {
        sources: [
          {
            serviceAccountToken: { path: path.split('/').at(-1), ...(audience === null ? {} : { audience }) },
          },
        ],
      },
    })),
  );
  return {
    metadata: {
      name,
      creationTimestamp: iso(createdAt),
      labels: webhook?.takesPod === false ? { [LEFT_OUT]: 'true' } : {},
      annotations: hasRoleAnnotation === true ? { 'eks.amazonaws.com/role-arn': 'x' } : {},
    },
    spec: {
      serviceAccountName: serviceAccount,
      volumes,
      containers: containers.map(containerObject),
    },
    status: { containerStatuses: containers.map((one) => ({ name: one.name, restartCount: one.restarts })) },
  };
}

function containerObject({ name, image, environment, hidden, tokenFiles }: ContainerFacts) {
  return {
    name,
    image,
    env: [
      ...Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
      ...hidden.map((variable) => ({
        name: variable,
        valueFrom: { secretKeyRef: { name: 'keys', key: variable } },
      })),
    ],
    volumeMounts: tokenFiles.map(({ path }) => ({
      name: volumeName(path),
      mountPath: path.split('/').slice(0, -1).join('/'),
    })),
  };
}

const volumeName = (path: string) => path.split('/').slice(-3).join('-').replaceAll('.', '-');

function webhookObject({ name, hasCaBundle, readyAddresses }: WebhookFacts) {
  const service = { namespace: 'kube-system', name };
  return {
    metadata: { name },
    webhooks: [
      {
        name: 'iam-for-pods.amazonaws.com',
        objectSelector: { matchExpressions: [{ key: LEFT_OUT, operator: 'DoesNotExist' }] },
        clientConfig: {
          ...(hasCaBundle ? { caBundle: 'Y2E=' } : {}),
          ...(readyAddresses === undefined ? { url: 'https://127.0.0.1:23443/mutate' } : { service }),
        },
      },
    ],
  };
}
