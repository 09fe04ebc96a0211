// Owns the text of ordinary API calls: the template's parameters, or the refusal.

import { HOSTILE_TEXTS, withPrototypeKeys } from '../hostile-strings.ts';
import type { PlannedRecord } from '../plan.ts';
import type { RandomSource } from '../random-source.ts';
import type { Api } from '../services/api.ts';
import type { Resources } from '../world.ts';
import { callerArn } from './identity.ts';
import type { RecordBody } from './record-body.ts';

export function callBody(
  record: PlannedRecord,
  api: Api,
  resources: Resources,
  random: RandomSource,
  isHostile: boolean,
): RecordBody {
  const { region, principal, outcome, at } = record;
  const detail = api.detail({
    random,
    resources,
    account: resources.account,
    region,
    at,
    hostileText: isHostile ? () => random.pick(HOSTILE_TEXTS) : null,
  });
  const isOnBehalf =
    principal.kind === 'service' || (principal.kind === 'session' && principal.invokedBy !== null);
  const hasProto = isHostile && detail.request !== null && random.chance(0.3);
  return {
    service: api.service,
    name: api.name,
    readOnly: api.readOnly,
    request: hasProto && detail.request ? withPrototypeKeys(detail.request) : detail.request,
    response: outcome === 'success' ? (detail.response ?? null) : null,
    extra: detail.extra,
    resources: detail.resources,
    host: isOnBehalf ? undefined : (detail.host ?? `${api.service}.${region}.amazonaws.com`),
  };
}

/** `errorCode` and `errorMessage` of a refused or failed call. */
export function errorOf(record: PlannedRecord, body: RecordBody): { code: string; message: string } | null {
  const { outcome, principal, action } = record;
  if (outcome === 'success') return null;
  if (outcome !== 'denied') return outcome;
  const caller =
    principal.kind === 'session'
      ? callerArn(principal.session)
      : principal.kind === 'user'
        ? `arn:aws:iam::${principal.user.account}:user/${principal.user.name}`
        : 'anonymous';
  const code = action.kind === 'call' ? (action.api.deniedCode ?? 'AccessDenied') : 'AccessDenied';
  const permission = `${body.service}:${body.name}`;
  const resource = firstArn(body.resources);
  return {
    code,
    message: `User: ${caller} is not authorized to perform: ${permission} on resource: ${resource} because no identity-based policy allows the ${permission} action`,
  };
}

function firstArn(resources: readonly object[] | undefined): string {
  const first = resources?.[0];
  return first && 'ARN' in first ? String(first.ARN) : '*';
}
