// Owns the running of a trail: which actor moves at each tick, until the number of records is reached.

import type { Bystander } from './bystanders/bystander.ts';
import { bystandersOf } from './bystanders/everybody.ts';
import type { PlannedRecord } from './plan.ts';
import { PodLife } from './pod-life.ts';
import { RandomSource } from './random-source.ts';
import { piiExportsScenes } from './scenarios/pii-exports.ts';
import { SCENARIOS, type Scenario } from './scenarios/scenario.ts';
import { Stage } from './stage.ts';
import type { Workload, World } from './world.ts';

export interface TrailPeriod {
  readonly seed: number;
  readonly records: number;
  /** Milliseconds. */
  readonly start: number;
  readonly length: number;
  readonly hostile: boolean;
  readonly misleading: boolean;
}

const PODS_SHARE = 0.74;
const SCENARIO_SHARE = 0.05;
const MINUTE = 60_000;

/** Plans exactly `records` records over the period; equal arguments give an equal plan, so it can be run twice. */
export function* planTrail(world: World, period: TrailPeriod): Generator<PlannedRecord> {
  const random = new RandomSource(period.seed, 2);
  const stage = new Stage(world, random, period.hostile);
  const pods: PodLife[] = [];
  const openers: PodLife[] = [];
  for (const workload of world.workloads) {
    if (workload.quirks.has('scripted')) continue;
    const showsItself = !period.misleading && mayBeMistaken(world, workload);
    for (let replica = 0; replica < workload.replicas; replica++) {
      const isOpener = showsItself && replica === 0;
      const isLast = replica === workload.replicas - 1;
      const life = new PodLife(
        random,
        workload,
        period.start,
        isOpener ? 'without' : isLast ? 'with' : 'either',
      );
      pods.push(life);
      if (isOpener) openers.push(life);
    }
  }
  const bystanders = bystandersOf(world);
  const deck = new Deck(random);
  const scenes = piiExportsScenes(period.start);
  for (let planned = 0; planned < period.records; planned++) {
    stage.now = period.start + Math.floor((period.length * planned) / period.records);
    let record = stage.take();
    while (record === undefined) {
      const [scene] = scenes;
      if (scene && stage.now >= period.start + scene.minute * MINUTE) scenes.shift()?.play(stage);
      else if (openers.length > 0) openers.pop()?.act(stage);
      else moveSomebody(stage, pods, bystanders, deck);
      record = stage.take();
    }
    yield record;
  }
}

/**
 * Whether an older session of the workload could be taken for another's: a shared role, or a telling session name. Unless
 * trails may mislead, each such workload shows itself by an issuance first.
 */
function mayBeMistaken(world: World, workload: Workload): boolean {
  if (workload.quirks.has('long-session')) return false;
  const isShared = world.workloads.some((other) => other !== workload && other.role === workload.role);
  return isShared || workload.naming === 'convention';
}

function moveSomebody(stage: Stage, pods: PodLife[], bystanders: readonly Bystander[], deck: Deck): void {
  const { random } = stage;
  if (random.chance(PODS_SHARE)) {
    const index = random.below(pods.length);
    const pod = pods[index];
    if (pod && !pod.act(stage)) pods.splice(index, 1);
    return;
  }
  const scenario = random.chance(SCENARIO_SHARE / (1 - PODS_SHARE)) ? deck.draw() : undefined;
  if (scenario) scenario(stage);
  else random.pick(bystanders).act(stage);
}

/** Every scenario once in random order, then again: each occurs even in a short trail. */
class Deck {
  private readonly random: RandomSource;
  private cards: Scenario[] = [];

  constructor(random: RandomSource) {
    this.random = random;
  }

  draw(): Scenario | undefined {
    if (this.cards.length === 0) {
      this.cards = [...SCENARIOS];
      this.random.shuffle(this.cards);
    }
    return this.cards.pop();
  }
}
