// Reads a cluster's audit log for what was done to ServiceAccounts and to the webhook: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
import { isObject } from '../trail/json-text.ts';
import type { Change } from './facts.ts';

/** Changes of one ServiceAccount that are kept, and of the webhook. */
const MOST = 50;

type Json = Readonly<Record<string, unknown>>;

/** Takes lines as the API server writes them, alone or behind a time as log tools print it; what it keeps is bounded. */
export class AuditLogReader {
  readonly #changes = new Map<string, Change[]>();
  readonly counts = { lines: 0, events: 0, unreadable: 0, dropped: 0 };

  read(line: string): void {
    if (line.trim() === '') return;
    this.counts.lines += 1;
    const value = parse(line.slice(Math.max(0, line.indexOf('{'))));
    if (value === null) {
      this.counts.unreadable += 1;
      return;
    }
    const items = value.items;
    for (const event of Array.isArray(items) ? items : [value]) if (isObject(event)) this.#take(event);
  }

  /** Of the ServiceAccount and of the webhook, the latest first. */
  changesOf(namespace: string | undefined, serviceAccount: string | undefined): Change[] {
    const own = this.#changes.get(`${namespace}/${serviceAccount}`) ?? [];
    return [...own, ...(this.#changes.get(WEBHOOK) ?? [])].sort((a, b) => b.at - a.at);
  }

  #take(event: Json): void {
    this.counts.events += 1;
    const found = changeOf(event);
    if (found === null) return;
    const list = this.#changes.get(found.of) ?? [];
    if (list.length >= MOST || (list.length === 0 && this.#changes.size >= 10_000)) {
      this.counts.dropped += 1;
      return;
    }
    this.#changes.set(found.of, [...list, found.change]);
  }
}

const WEBHOOK = 'the webhook';
const CHANGING = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Null where the event changed nothing that decides about credentials. */
function changeOf(event: Json): { of: string; change: Change } | null {
  const object = isObject(event.objectRef) ? event.objectRef : {};
  const status = isObject(event.responseStatus) ? Number(event.responseStatus.code ?? 200) : 200;
  const at = Date.parse(String(event.requestReceivedTimestamp ?? event.stageTimestamp));
  const verb = String(event.verb);
  // A token that is asked for is a subresource, and no change.
  if (!CHANGING.includes(verb) || status >= 300 || Number.isNaN(at) || object.subresource !== undefined)
    return null;
  if (event.stage !== undefined && event.stage !== 'ResponseComplete') return null;
  const of = subjectOf(object);
  if (of === null) return null;
  const user = isObject(event.user) ? String(event.user.username ?? '') : '';
  const said = JSON.stringify(event.requestObject ?? null).includes('eks.amazonaws.com/')
    ? ' (role annotation)'
    : '';
  return {
    of,
    change: {
      at,
      eventName: `${verb} ${String(object.resource)}${said}`,
      by: user || 'somebody unnamed',
      target: of,
    },
  };
}

function subjectOf({ resource, namespace, name }: Json): string | null {
  if (resource === 'serviceaccounts' && typeof name === 'string') return `${String(namespace)}/${name}`;
  const isWebhook = resource === 'mutatingwebhookconfigurations' && /pod-identity/.test(String(name));
  return isWebhook ? WEBHOOK : null;
}

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
