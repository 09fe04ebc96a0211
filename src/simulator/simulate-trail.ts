// Owns the simulator's door: options in, delivered log files with their truth out, one file at a time.

import { buildWorld } from './build-world.ts';
import { Delivery, type SimulatedFile } from './delivery.ts';
import { TrailFacts } from './facts.ts';
import { planTrail, type TrailPeriod } from './plan-trail.ts';
import { RandomSource } from './random-source.ts';
import { Renderer } from './render/record.ts';
import { Judge } from './truth.ts';

export type { SimulatedFile } from './delivery.ts';
export type { EventTruth } from './event-truth.ts';
export { SESSION_TOKEN_MARK } from './render/assumption.ts';

export interface TrailOptions {
  readonly seed: number;
  /** Distinct records; duplicates come on top. */
  readonly records: number;
  readonly start?: Date;
  /** Length of the period; by default it grows with the number of records, from 2 to 24. */
  readonly hours?: number;
  /** About 2,000 by default. */
  readonly recordsPerFile?: number;
  readonly gzipLevel?: number;
  /**
   * Lets workloads on shared roles appear by older sessions only, so that evidence drawn from the whole trail names another
   * workload than the true one (`says` against `workload`); false by default.
   */
  readonly misleading?: boolean;
  /**
   * Whether the truth names EKS clusters by ARN and name, as a reader says who has `knownClusters` among the settings; false by
   * default: then web identities name the cluster by their provider only. The records are the same.
   */
  readonly namesClusters?: boolean;
  /** Hostile strings, duplicates and odd delivery; true by default. */
  readonly hostile?: boolean;
}

const DEFAULT_START = Date.UTC(2026, 9, 5, 3);
const HOUR = 3_600_000;
const RECORDS_PER_HOUR = 2500;
const RECORDS_PER_ORDINARY_WORKLOAD = 1200;

/**
 * Simulates the delivered log files of an organization's trail, with the truth about each record.
 * Equal options give equal bytes. The plan is run twice, first for the facts of the whole trail on which evidence depends,
 * then for the text, so that no more than a few files are ever held.
 */
export function* simulateTrail(options: TrailOptions): Generator<SimulatedFile> {
  const { seed, records, hostile = true, misleading = false, namesClusters = false } = options;
  const hours = options.hours ?? Math.min(24, Math.max(2, Math.round(records / RECORDS_PER_HOUR)));
  const start = options.start?.getTime() ?? DEFAULT_START;
  const period: TrailPeriod = { seed, records, start, length: hours * HOUR, hostile, misleading };
  const ordinary = Math.min(400, Math.floor(records / RECORDS_PER_ORDINARY_WORKLOAD));
  const world = buildWorld({ seed, ordinary, namesClusters });

  const facts = new TrailFacts();
  for (const record of planTrail(world, period)) facts.add(record);

  const judge = new Judge(facts);
  const renderer = new Renderer(seed, hostile);
  const delivery = new Delivery(new RandomSource(seed, 3), {
    recordsPerFile: options.recordsPerFile ?? 2000,
    longestWait: Math.max(HOUR / 4, (hours * HOUR) / 16),
    gzipLevel: options.gzipLevel ?? 6,
    isOdd: hostile,
  });
  for (const record of planTrail(world, period)) {
    const { eventId, text } = renderer.render(record);
    yield* delivery.add(record, text, judge.judge(record, eventId));
  }
  yield* delivery.finish(period.start + period.length);
}

/** The seed's EKS clusters, as the settings give them: by the issuer of their tokens. */
export function knownClusters(seed: number): { issuer: string; cluster_id: string; cluster: string }[] {
  const { clusters } = buildWorld({ seed, ordinary: 0, namesClusters: true });
  return clusters
    .filter(({ isEks }) => isEks)
    .map(({ issuer, arn, name }) => ({ issuer, cluster_id: arn, cluster: name }));
}
