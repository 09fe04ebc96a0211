// Owns what a trail must be for podtrail's answers to be whole: each fault with what follows from it and what mends it.

import type { Findings, Handled, Metrics } from '../ports.ts';
import { datum } from './metrics.ts';
import { type Check, faultsOf, publishAll, type ToldFault } from './unfit.ts';

/** What CloudTrail says of a trail. */
export interface TrailState {
  /** The trail's ARN. */
  trail: string;
  isMultiRegion: boolean;
  hasGlobalServiceEvents: boolean;
  isValidated: boolean;
  isEncrypted: boolean;
  isLogging: boolean;
  /** Epoch milliseconds; null where nothing was delivered yet. */
  deliveredAt: number | null;
  /** An error's name as S3 gives it; null where the last delivery went well. */
  deliveryError: string | null;
  /** Of the management events: all, some (only reads or only writes), none. */
  managementEvents: 'all' | 'some' | 'none';
  /** Types of resources of which all or some data events are logged: `AWS::S3::Object`. */
  dataEvents: readonly string[];
}

export type TrailFault =
  | 'not-logging'
  | 'delivery-failed'
  | 'delivery-late'
  | 'management-events-missing'
  | 'data-events-missing'
  | 'single-region'
  | 'global-events-missing'
  | 'not-validated'
  | 'not-encrypted';

export interface TrailFinding extends ToldFault<TrailFault> {
  readonly kind: 'trail-unfit';
  readonly trail: string;
}

/** CloudTrail delivers within 15 minutes on average; an account in use is never silent for so long. */
const LATE_MS = 60 * 60_000;

/** The faults of a trail, the gravest first. `wanted` are the types of resources whose data events questions need. */
export function trailFindings(state: TrailState, wanted: readonly string[], now: number): TrailFinding[] {
  const { trail } = state;
  const checks: Check<TrailFault>[] = [
    ['not-logging', !state.isLogging, 'nothing is recorded', `aws cloudtrail start-logging --name ${trail}`],
    [
      'delivery-failed',
      state.deliveryError !== null,
      `the last delivery to the bucket failed (${state.deliveryError})`,
      "let CloudTrail write: the bucket's policy, and the key's where there is one",
    ],
    [
      'delivery-late',
      state.isLogging && now - (state.deliveredAt ?? 0) > LATE_MS,
      'no log file was delivered for an hour',
      'see whether the bucket and its policy are still there',
    ],
    [
      'management-events-missing',
      state.managementEvents !== 'all',
      'assumptions of roles are read-only management events: sessions cannot be named',
      'log management events, reads and writes',
    ],
    ...wanted.map(
      (type): Check<TrailFault> => [
        'data-events-missing',
        !state.dataEvents.includes(type),
        `calls on ${type} are not recorded: who read or wrote there cannot be told`,
        `add data events of ${type} to the trail's event selectors`,
      ],
    ),
    [
      'single-region',
      !state.isMultiRegion,
      "what happens in other regions is not recorded, STS's regional endpoints included",
      `aws cloudtrail update-trail --name ${trail} --is-multi-region-trail`,
    ],
    [
      'global-events-missing',
      !state.hasGlobalServiceEvents,
      "assumptions through STS's global endpoint are not recorded",
      `aws cloudtrail update-trail --name ${trail} --include-global-service-events`,
    ],
    [
      'not-validated',
      !state.isValidated,
      'whether somebody changed or removed log files cannot be proven',
      `aws cloudtrail update-trail --name ${trail} --enable-log-file-validation`,
    ],
    [
      'not-encrypted',
      !state.isEncrypted,
      "log files are encrypted with S3's own key only: whoever may read the bucket may read them",
      `aws cloudtrail update-trail --name ${trail} --kms-key-id, with a key that CloudTrail may use`,
    ],
  ];
  return faultsOf(trail, checks, now).map((told) => ({ kind: 'trail-unfit', trail, ...told }));
}

/** Tells of each fault once a day, and how long ago the trail last delivered; returns the faults. */
export async function checkTrail(
  state: TrailState,
  wanted: readonly string[],
  ports: { handled: Handled; findings: Findings; metrics: Metrics },
  now: number,
): Promise<TrailFault[]> {
  const found = trailFindings(state, wanted, now);
  if (state.deliveredAt !== null) {
    const minutes = Math.max(0, Math.round((now - state.deliveredAt) / 60_000));
    await ports.metrics.put([datum('TrailDeliveryAgeMinutes', now, {}, minutes)]);
  }
  await publishAll(found, ports);
  return found.map(({ fault }) => fault);
}
