// Owns the part of a record that differs by API: what was asked, what came back, and where it was asked.

export interface RecordBody {
  readonly service: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly request: object | null;
  readonly response: object | null;
  readonly extra: object | null | undefined;
  readonly resources: readonly object[] | undefined;
  /** The host that the client asked; undefined where a service made the call itself. */
  readonly host: string | undefined;
}
