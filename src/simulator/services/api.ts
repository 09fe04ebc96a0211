// Owns the shape of an API call template: what a service asks for and records, without who called it.

import type { RandomSource } from '../random-source.ts';
import type { Resources } from '../world.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** What a template may draw on. */
export interface CallSite {
  readonly random: RandomSource;
  readonly resources: Resources;
  readonly account: string;
  readonly region: string;
  readonly at: number;
  readonly hostileText: (() => string) | null;
}

export interface CallDetail {
  readonly request: JsonObject | null;
  readonly response?: JsonObject;
  readonly extra?: JsonObject;
  readonly resources?: readonly JsonObject[];
  /** Host header of the request; the service's regional endpoint when absent. */
  readonly host?: string;
}

export interface Api {
  /** `s3` for `s3.amazonaws.com`; also the prefix of the IAM action. */
  readonly service: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly category: 'Management' | 'Data';
  readonly apiVersion?: string;
  readonly eventType?: string;
  /** Always recorded in this region, wherever the caller is. */
  readonly region?: string;
  readonly requestId?: 's3';
  readonly deniedCode?: string;
  readonly detail: (site: CallSite) => CallDetail;
  /** The call that the service makes in the caller's name, if any. */
  readonly onBehalf?: { readonly api: () => Api; readonly invokedBy: string; readonly likelihood: number };
}
