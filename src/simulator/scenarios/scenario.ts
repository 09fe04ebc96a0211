// Owns the list of scripted scenarios: short scenes that ordinary traffic would not show, each played now and then.

import type { Stage } from '../stage.ts';

export type Scenario = (stage: Stage) => void;

export const SCENARIOS: readonly Scenario[] = [];
