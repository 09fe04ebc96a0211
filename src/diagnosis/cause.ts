// What a cause of failed credentials is: how it shows, what proves it, who must act, and what to run. The catalogue is a list of them.
import type { Case } from './case.ts';

export type Certainty = 'proven' | 'likely' | 'possible';
/** GREEN only reads, YELLOW changes one workload or adds something, RED changes who may do what and needs the security team. */
export type Safety = 'GREEN' | 'YELLOW' | 'RED';

/** The first word of `root_cause`. */
export type Root =
  | 'irsa_annotation'
  | 'oidc_provider'
  | 'trust_policy'
  | 'token'
  | 'webhook'
  | 'permissions_policy'
  | 'pod_identity'
  | 'iam_role'
  | 'sdk'
  | 'sts'
  | 'network'
  | 'throttling'
  | 'unknown';

export type EvidenceType =
  | 'credential_finding'
  | 'sa_config'
  | 'trust_policy'
  | 'provider'
  | 'trail'
  | 'cluster';

export interface Evidence {
  readonly type: EvidenceType;
  /** One sentence. What it quotes of records, logs and objects is not escaped. */
  readonly content: string;
}

export interface Action {
  /** May hold `<role>` and other names of `commandFor`. */
  readonly command: string;
  readonly safety: Safety;
  /** Who approves. */
  readonly needs: string;
}

/** What a client, SDK or agent prints. */
export interface Symptom {
  /** As it is printed, for the documentation. */
  readonly text: string;
  readonly pattern: RegExp;
  /** How sure the cause is where nothing else is known; null where the text fits other causes as well as this one. */
  readonly means: Certainty | null;
}

export interface Judgement {
  readonly certainty: Certainty;
  /** What is wrong in this case, in a few words that name it; empty where the title says it all. */
  readonly detail: string;
  readonly evidence: readonly Evidence[];
}

export interface Cause {
  /** Kebab-case, stable. */
  readonly id: string;
  readonly title: string;
  readonly root: Root;
  /** Which way of getting credentials can fail so. */
  readonly mechanism: 'irsa' | 'pod-identity' | 'any';
  readonly symptoms: readonly Symptom[];
  /** What CloudTrail shows of it, or that it shows nothing. */
  readonly trail: string;
  readonly proves: string;
  readonly suggests: string;
  /** Who must act. */
  readonly who: string;
  readonly immediate: string;
  readonly longTerm: string;
  readonly actions: readonly Action[];
  /** The next command where it is not proven: what it prints tells this cause from the others. */
  readonly tell: string;
  readonly links: readonly string[];
  /**
   * What the facts say beyond the symptoms: `refuted` where they rule it out, null where they say nothing. Symptoms are weighed by
   * whoever calls.
   */
  readonly judge: (one: Case) => Judgement | 'refuted' | null;
}

export const proven = (detail: string, ...evidence: Evidence[]): Judgement => ({
  certainty: 'proven',
  detail,
  evidence,
});
export const likely = (detail: string, ...evidence: Evidence[]): Judgement => ({
  certainty: 'likely',
  detail,
  evidence,
});
export const possible = (detail: string, ...evidence: Evidence[]): Judgement => ({
  certainty: 'possible',
  detail,
  evidence,
});

export const evidence = (type: EvidenceType, content: string): Evidence => ({ type, content });
