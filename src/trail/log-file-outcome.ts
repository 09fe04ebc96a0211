// What reading a log file hands over: its records one by one, and what became of the file.

export interface LogFileHandlers {
  /** one parsed CloudTrail record (still unvalidated), index = position of the record in the file, from 0 */
  record(value: Record<string, unknown>, index: number): void;
  /** a record that could not be used; reason is a short sentence without payload */
  rejected(index: number, reason: string): void;
  /** records skipped for a named reason (Insight or aggregated records standing among others), count of them */
  skipped(reason: string, count: number): void;
}

export type LogFileOutcome =
  | { status: 'read' }
  | { status: 'skipped'; reason: string }
  | { status: 'rejected'; reason: string };
