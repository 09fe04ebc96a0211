// Reads from a cluster's API what decides one workload's credentials: ServiceAccount, pods, webhook, agent, events.
import { posix } from 'node:path';
import type {
  KubeConfig,
  V1Container,
  V1LabelSelector,
  V1MutatingWebhookConfiguration,
  V1Pod,
} from '@kubernetes/client-node';
import { compact } from '../../compact.ts';
import type {
  ClusterFacts,
  ContainerFacts,
  PodFacts,
  ServiceAccountFacts,
  WebhookFacts,
} from '../../diagnosis/facts.ts';
import { PodtrailError } from '../../errors.ts';
import { Readings } from '../readings.ts';

export interface ClusterOptions {
  /** Else as kubectl finds it: KUBECONFIG, then the home's .kube/config, then the pod's own. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** The API server that it must be, where that is known: a context of another cluster is not asked. */
  readonly endpoint: string | null;
}

export interface WorkloadAsked {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** A pod that is looked at whatever ServiceAccount it has. */
  readonly pod?: string;
}

const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';
/** The role's annotation with another prefix, spelling or case, or that of kube2iam. */
const MISNAMED = /role[-_.]?arn$|^iam\.amazonaws\.com\/role$/i;
const AUDIENCE_ANNOTATION = 'eks.amazonaws.com/audience';
const AGENT = 'eks-pod-identity-agent';
/** Pods and events of a namespace that are looked at. */
const MOST = 500;

type Sdk = typeof import('@kubernetes/client-node');

/** Null where no kubeconfig is to be found. Throws PodtrailError where the one that is given, or its context, can't be used. */
export async function readCluster(
  asked: WorkloadAsked,
  options: ClusterOptions,
): Promise<ClusterFacts | null> {
  const sdk = await import('@kubernetes/client-node');
  const config = configOf(sdk, options);
  if (config === null) return null;
  const readings = new Readings();
  const { server = '' } = config.getCurrentCluster() ?? {};
  if (options.endpoint !== null && !isSameServer(server, options.endpoint)) {
    readings.note(
      'the cluster',
      `the kubeconfig's context ${config.getCurrentContext()} is for ${server}, but --cluster is at ${options.endpoint}: give --context`,
    );
    return { unread: readings.unread };
  }
  return new ClusterReader(sdk, config, readings, asked).read();
}

function configOf(sdk: Sdk, { kubeconfig, context }: ClusterOptions): KubeConfig | null {
  const config = new sdk.KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message.split('\n')[0];
    throw new PodtrailError(
      'kubeconfig',
      `can't read the kubeconfig ${kubeconfig ?? 'of kubectl'}: ${reason}`,
      {
        cause: error,
      },
    );
  }
  const contexts = config.getContexts().map(({ name }) => name);
  if (context !== undefined && !contexts.includes(context))
    throw new PodtrailError(
      'kubeconfig',
      `the kubeconfig has no context ${context}: it has ${contexts.join(', ')}`,
    );
  if (context !== undefined) config.setCurrentContext(context);
  const current = config.getCurrentCluster();
  if (current === null && kubeconfig !== undefined)
    throw new PodtrailError(
      'kubeconfig',
      `the kubeconfig ${kubeconfig} has no current context: give --context`,
    );
  // Without a file the library makes one up, of localhost.
  return current === null || (current.name === 'cluster' && current.server === 'http://localhost:8080')
    ? null
    : config;
}

function isSameServer(a: string, b: string): boolean {
  const host = (url: string) =>
    url
      .replace(/^https?:\/\//, '')
      .replace(/(:443)?\/*$/, '')
      .toLowerCase();
  return host(a) === host(b);
}

class ClusterReader {
  readonly #sdk: Sdk;
  readonly #config: KubeConfig;
  readonly #readings: Readings;
  readonly #asked: WorkloadAsked;

  constructor(sdk: Sdk, config: KubeConfig, readings: Readings, asked: WorkloadAsked) {
    this.#sdk = sdk;
    this.#config = config;
    this.#readings = readings;
    this.#asked = asked;
  }

  async read(): Promise<ClusterFacts> {
    const serviceAccount = await this.#serviceAccount();
    const pods = await this.#pods();
    const webhook = await this.#webhook(pods ?? []);
    const agent = await this.#agent();
    const warnings = await this.#warnings();
    return {
      ...compact({ serviceAccount, pods: pods?.map(podOf), webhook, agent, warnings }),
      unread: this.#readings.unread,
    };
  }

  async #serviceAccount(): Promise<ServiceAccountFacts | null | undefined> {
    const { namespace, serviceAccount: name } = this.#asked;
    const core = this.#config.makeApiClient(this.#sdk.CoreV1Api);
    const found = await this.#readings.of(
      `ServiceAccount ${namespace}/${name}`,
      () => core.readNamespacedServiceAccount({ namespace, name }),
      isNotFound,
    );
    if (found === undefined || found === null) return found;
    const { annotations = {}, managedFields = [] } = found.metadata ?? {};
    const times = managedFields
      .filter(({ fieldsV1 }) => holdsAnnotation(fieldsV1))
      .map(({ time }) => new Date(time ?? 0).getTime());
    return {
      roleArn: annotations[ROLE_ANNOTATION] ?? null,
      audience: annotations[AUDIENCE_ANNOTATION] ?? null,
      misnamed: Object.keys(annotations).filter((name) => name !== ROLE_ANNOTATION && MISNAMED.test(name)),
      annotatedAt: times.length === 0 ? null : Math.max(...times),
    };
  }

  async #pods(): Promise<V1Pod[] | undefined> {
    const { namespace, serviceAccount, pod: name } = this.#asked;
    const core = this.#config.makeApiClient(this.#sdk.CoreV1Api);
    if (name !== undefined) {
      const one = await this.#readings.of(
        `Pod ${namespace}/${name}`,
        () => core.readNamespacedPod({ namespace, name }),
        isNotFound,
      );
      if (one === null) return this.#readings.note(`Pod ${namespace}/${name}`, 'there is no such pod');
      return one === undefined ? undefined : [one];
    }
    const list = await this.#readings.of(`pods of ${namespace}`, () =>
      core.listNamespacedPod({
        namespace,
        limit: MOST,
        fieldSelector: `spec.serviceAccountName=${serviceAccount}`,
      }),
    );
    if (list?.metadata?._continue)
      this.#readings.note(`pods of ${namespace} beyond ${MOST}`, 'there are more than are looked at');
    return list?.items;
  }

  async #webhook(pods: readonly V1Pod[]): Promise<WebhookFacts | null | undefined> {
    const api = this.#config.makeApiClient(this.#sdk.AdmissionregistrationV1Api);
    const list = await this.#readings.of('mutating webhooks', () => api.listMutatingWebhookConfiguration());
    if (list === undefined || list === null) return undefined;
    const own = list.items.find(isPodIdentityWebhook);
    if (own === undefined) return null;
    const hook = own.webhooks?.[0];
    const readyAddresses = await this.#readyBehind(own);
    const takesPod = await this.#takes(own, pods[0]);
    return {
      name: own.metadata?.name ?? 'pod-identity-webhook',
      hasCaBundle: (hook?.clientConfig.caBundle ?? '') !== '',
      ...compact({ takesPod, readyAddresses }),
    };
  }

  /** EKS's own webhook is called by URL and has no service in the cluster. */
  async #readyBehind({ webhooks = [] }: V1MutatingWebhookConfiguration): Promise<number | undefined> {
    const service = webhooks[0]?.clientConfig.service;
    if (service === undefined) return undefined;
    const api = this.#config.makeApiClient(this.#sdk.DiscoveryV1Api);
    const slices = await this.#readings.of(`endpoints of ${service.namespace}/${service.name}`, () =>
      api.listNamespacedEndpointSlice({
        namespace: service.namespace,
        labelSelector: `kubernetes.io/service-name=${service.name}`,
      }),
    );
    return slices?.items
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .reduce((sum, { addresses }) => sum + addresses.length, 0);
  }

  async #takes(own: V1MutatingWebhookConfiguration, pod: V1Pod | undefined): Promise<boolean | undefined> {
    const hook = own.webhooks?.[0];
    if (hook === undefined || pod === undefined) return undefined;
    const core = this.#config.makeApiClient(this.#sdk.CoreV1Api);
    const name = this.#asked.namespace;
    const namespace = hook.namespaceSelector
      ? await this.#readings.of(`Namespace ${name}`, () => core.readNamespace({ name }))
      : null;
    if (namespace === undefined) return undefined;
    const ofNamespace = selects(hook.namespaceSelector, namespace?.metadata?.labels ?? {});
    const ofPod = selects(hook.objectSelector, pod.metadata?.labels ?? {});
    return ofNamespace && ofPod;
  }

  async #agent(): Promise<ClusterFacts['agent']> {
    const api = this.#config.makeApiClient(this.#sdk.AppsV1Api);
    const found = await this.#readings.of(
      `DaemonSet kube-system/${AGENT}`,
      () => api.readNamespacedDaemonSet({ namespace: 'kube-system', name: AGENT }),
      isNotFound,
    );
    if (found === undefined || found === null) return found;
    return { desired: found.status?.desiredNumberScheduled ?? 0, ready: found.status?.numberReady ?? 0 };
  }

  async #warnings(): Promise<ClusterFacts['warnings']> {
    const { namespace } = this.#asked;
    const core = this.#config.makeApiClient(this.#sdk.CoreV1Api);
    const list = await this.#readings.of(`events of ${namespace}`, () =>
      core.listNamespacedEvent({ namespace, limit: MOST, fieldSelector: 'type=Warning' }),
    );
    return list?.items.map(({ reason = '', message = '', lastTimestamp, eventTime }) => ({
      reason,
      message,
      at: new Date(lastTimestamp ?? eventTime ?? Number.NaN).getTime() || null,
    }));
  }
}

/** As `kubectl annotate` and server-side apply note who set what: `{"f:metadata": {"f:annotations": {"f:eks…": {}}}}`. */
function holdsAnnotation(fields: unknown): boolean {
  const member = (value: unknown, name: string) =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return member(member(member(fields, 'f:metadata'), 'f:annotations'), `f:${ROLE_ANNOTATION}`) !== undefined;
}

function isPodIdentityWebhook({ metadata, webhooks = [] }: V1MutatingWebhookConfiguration): boolean {
  return (
    metadata?.name === 'pod-identity-webhook' ||
    webhooks.some(
      ({ name }) => name === 'iam-for-pods.amazonaws.com' || name.startsWith('pod-identity-webhook'),
    )
  );
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function selects(
  { matchLabels = {}, matchExpressions = [] }: V1LabelSelector = {},
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const label = labels[key];
      if (operator === 'Exists') return label !== undefined;
      if (operator === 'DoesNotExist') return label === undefined;
      if (operator === 'In') return label !== undefined && values.includes(label);
      return label === undefined || !values.includes(label);
    })
  );
}

function podOf({ metadata = {}, spec, status }: V1Pod): PodFacts {
  const tokens: ReadonlyMap<string, readonly MountedToken[]> = new Map(
    (spec?.volumes ?? []).map(({ name, projected }) => [
      name,
      (projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) =>
        token === undefined ? [] : [{ path: token.path, audience: token.audience ?? null }],
      ),
    ]),
  );
  const restarts = new Map(
    (status?.containerStatuses ?? []).map(({ name, restartCount }) => [name, restartCount]),
  );
  return {
    name: metadata.name ?? '',
    serviceAccount: spec?.serviceAccountName ?? 'default',
    hasRoleAnnotation: metadata.annotations?.[ROLE_ANNOTATION] !== undefined,
    createdAt: metadata.creationTimestamp?.getTime() ?? 0,
    containers: (spec?.containers ?? []).map((container) =>
      containerOf(container, tokens, restarts.get(container.name) ?? 0),
    ),
  };
}

/** A ServiceAccount token of a projected volume; `path` is within the volume. */
interface MountedToken {
  readonly path: string;
  readonly audience: string | null;
}

/** Variables that steer where a client finds credentials, whose values are shown. */
const STEERING =
  /^(AWS_ROLE_ARN|AWS_WEB_IDENTITY_TOKEN_FILE|AWS_CONTAINER_CREDENTIALS_FULL_URI|AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE|AWS_ROLE_SESSION_NAME|AWS_PROFILE|AWS_REGION|AWS_DEFAULT_REGION|AWS_STS_REGIONAL_ENDPOINTS|AWS_EC2_METADATA_DISABLED|(HTTPS?|NO)_PROXY|(https?|no)_proxy)$/;
/** Of these it is only told that they are set. */
const SECRET = /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

function containerOf(
  { name, image = '', env = [], volumeMounts = [] }: V1Container,
  tokens: ReadonlyMap<string, readonly MountedToken[]>,
  restarts: number,
): ContainerFacts {
  const environment: Record<string, string> = {};
  const hidden: string[] = [];
  for (const { name: variable, value, valueFrom } of env) {
    if (SECRET.test(variable) || (valueFrom !== undefined && STEERING.test(variable))) hidden.push(variable);
    // A proxy's address may hold a password.
    else if (STEERING.test(variable)) environment[variable] = (value ?? '').replace(/\/\/[^/@]*@/, '//');
  }
  const tokenFiles = volumeMounts.flatMap(({ name: volume, mountPath }) =>
    (tokens.get(volume) ?? []).map(({ path, audience }) => ({ path: posix.join(mountPath, path), audience })),
  );
  return { name, image, restarts, environment, hidden, tokenFiles };
}

function isNotFound(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { code?: unknown }).code === 404;
}
