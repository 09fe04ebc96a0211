// Owns the text of one record: the fields in CloudTrail's order. Everything follows from the plan and the seed, so that both
// copies of a call agree in what they share.

import { isoSeconds } from '../aws-text.ts';
import { hostileUserAgent } from '../hostile-strings.ts';
import type { PlannedRecord } from '../plan.ts';
import { RandomSource } from '../random-source.ts';
import { assumeRoleBody, podIdentityAuthBody, webIdentityBody } from './assumption.ts';
import { callBody, errorOf } from './call.ts';
import { renderIdentity } from './identity.ts';
import type { RecordBody } from './record-body.ts';

const DETAIL_STREAM = 0x1_0000_0000;
const EVENT_STREAM = 0x2_0000_0000;
const SHARED_STREAM = 0x3_0000_0000;
const VERSIONS = ['1.08', '1.09', '1.10', '1.11', '1.11'] as const;
const HOSTILE_SHARE = 0.03;

export interface RenderedRecord {
  readonly eventId: string;
  readonly text: string;
}

export class Renderer {
  private readonly seed: number;
  private readonly hostile: boolean;
  private readonly random: RandomSource;

  constructor(seed: number, hostile: boolean) {
    this.seed = seed;
    this.hostile = hostile;
    this.random = new RandomSource(seed);
  }

  render(record: PlannedRecord): RenderedRecord {
    const { random, seed } = this;
    const eventId = random.reset(seed, EVENT_STREAM + record.sequence).uuid();
    const sharedEventId = record.isShared
      ? random.reset(seed, SHARED_STREAM + record.detail).uuid()
      : undefined;
    random.reset(seed, DETAIL_STREAM + record.detail);
    const isHostile = this.hostile && random.chance(HOSTILE_SHARE);
    const isCall = record.action.kind === 'call';
    const eventVersion = isCall ? random.pick(VERSIONS) : '1.08';
    const requestId = this.requestId(record);
    const body = this.body(record, isHostile);
    const error = errorOf(record, body);
    const isService = body.host === undefined;
    const isData = record.action.kind === 'call' && record.action.api.category === 'Data';
    const userAgent = isHostile && !isService ? hostileUserAgent(random) : record.client.userAgent;
    const text = JSON.stringify({
      eventVersion,
      userIdentity: renderIdentity(record, eventVersion),
      eventTime: isoSeconds(record.at),
      eventSource: `${body.service}.amazonaws.com`,
      eventName: body.name,
      awsRegion: record.region,
      sourceIPAddress: record.client.address,
      userAgent: body.service === 's3' && !isService ? `[${userAgent}]` : userAgent,
      errorCode: error?.code,
      errorMessage: error?.message,
      requestParameters: body.request,
      responseElements: body.response,
      additionalEventData: body.extra ?? undefined,
      requestID: requestId,
      eventID: eventId,
      readOnly: body.readOnly,
      resources: body.resources,
      eventType: record.action.kind === 'call' ? (record.action.api.eventType ?? 'AwsApiCall') : 'AwsApiCall',
      apiVersion: record.action.kind === 'call' ? record.action.api.apiVersion : undefined,
      managementEvent: !isData,
      recipientAccountId: record.account,
      sharedEventID: sharedEventId,
      vpcEndpointId: record.client.vpcEndpointId ?? undefined,
      eventCategory: isData ? 'Data' : 'Management',
      tlsDetails: isService ? undefined : tlsDetails(body.host ?? ''),
    });
    return { eventId, text };
  }

  private body(record: PlannedRecord, isHostile: boolean): RecordBody {
    const { action } = record;
    switch (action.kind) {
      case 'call':
        return callBody(record, action.api, action.resources, this.random, isHostile);
      case 'web-identity':
        return webIdentityBody(record, action, this.random);
      case 'assume-role':
        return assumeRoleBody(record, action.assumption, this.random);
      case 'pod-identity-auth':
        return podIdentityAuthBody(record, action.cluster.name);
    }
  }

  private requestId({ action }: PlannedRecord): string {
    if (action.kind !== 'call') return this.random.uuid();
    if (action.api.requestId === 's3') return this.random.base32(16);
    return action.api.service === 'dynamodb' ? this.random.base32(52) : this.random.uuid();
  }
}

function tlsDetails(host: string): object {
  return { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: host };
}
