// What a cause is: the rule that judges it, and the text that people read. The live path needs the rule only.
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

/** What it takes to judge a cause. */
export interface CauseRule {
  /** Which way of getting credentials can fail so. */
  readonly mechanism: 'irsa' | 'pod-identity' | 'any';
  readonly symptoms: readonly Symptom[];
  /**
   * What the facts say beyond the symptoms: `refuted` where they rule it out, null where they say nothing. Symptoms are weighed by
   * whoever calls.
   */
  readonly judge: (one: Case) => Judgement | 'refuted' | null;
}

/** What people are told of a cause. */
export interface CauseText {
  readonly title: string;
  readonly root: Root;
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
}

/** By id: kebab-case, stable. Of one file's causes the earlier stands first. */
export type CauseRules = Readonly<Record<string, CauseRule>>;

/** A text for each rule and none more, with each symptom as it is printed, in the rule's order. */
export type TextsOf<R extends CauseRules> = {
  readonly [Id in keyof R]: CauseText & { readonly prints: PrintsOf<R[Id]['symptoms']> };
};
type PrintsOf<S extends readonly Symptom[]> = { readonly [Place in keyof S]: string };

export interface NamedRule extends CauseRule {
  readonly id: string;
}

export interface Cause extends NamedRule, CauseText {
  readonly prints: readonly string[];
}

/** The rules as judging takes them. */
export function named(rules: CauseRules): NamedRule[] {
  return Object.entries(rules).map(([id, rule]) => ({ id, ...rule }));
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
