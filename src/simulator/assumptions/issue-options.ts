// Owns what a scenario may say about a session that is handed out.

export interface IssueOptions {
  readonly why: string;
  readonly at?: number;
  readonly name?: string;
  readonly seconds?: number;
  readonly showsAssumedRole?: boolean;
  /** Milliseconds by which `creationDate` is later than the issuance. */
  readonly startLag?: number;
}
