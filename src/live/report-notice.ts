// Owns what is told when a report is there.

export interface ReportNotice {
  readonly id: string;
  readonly kind: 'report-ready';
  /** The day (UTC) on which it was made. */
  readonly day: string;
  readonly question: string;
  /** As they were asked for. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly rows: number;
  /** What the answer is from, and what it lacks. */
  readonly source: readonly string[];
  /** `s3://bucket/key` of each of its forms. */
  readonly answer: Readonly<Record<'csv' | 'json' | 'html', string>>;
}
