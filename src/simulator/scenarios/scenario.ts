// Owns the list of scripted scenarios: short scenes that ordinary traffic would not show, each played now and then.

import type { Stage } from '../stage.ts';
import * as directoryBuckets from './directory-buckets.ts';
import * as impostors from './impostors.ts';
import * as outsiders from './outsiders.ts';
import * as refusals from './refusals.ts';
import * as sameSecond from './same-second.ts';

export type Scenario = (stage: Stage) => void;

export const SCENARIOS: readonly Scenario[] = [
  sameSecond.oneSubjectInOneSecond,
  sameSecond.twoSubjectsInOneSecond,
  sameSecond.readableNamesInOneSecond,
  sameSecond.twoClustersInOneSecond,
  sameSecond.sparseResponses,
  sameSecond.podIdentityRollout,
  sameSecond.chainsMeetInOneSecond,
  sameSecond.personMeetsChain,
  sameSecond.sessionPerClient,
  sameSecond.startOneSecondLater,
  impostors.conventionName,
  impostors.podIdentityName,
  impostors.podName,
  impostors.podTagsOfOnesOwn,
  impostors.personOnPodIdentityRole,
  impostors.personOnIrsaRole,
  impostors.personOnChainRole,
  impostors.harmfulName,
  impostors.podUnderAnotherName,
  impostors.pipelineOnPodRole,
  directoryBuckets.podAndNamesake,
  refusals.wrongServiceAccount,
  refusals.denialStorm,
  refusals.missingRole,
  refusals.deniedThenGranted,
  refusals.pipelineRefused,
  refusals.chainRefused,
  refusals.personRefused,
  outsiders.partnerInOurRole,
  outsiders.partnerReadsOurBucket,
];
