// Types of what a file of queries/ holds.

export const valueTypes = ['text', 'integer', 'time', 'boolean', 'json', 'texts'] as const;
export type ValueType = (typeof valueTypes)[number];

/** `networks` are addresses and CIDR ranges, bound as networks.ts writes them; an `account` has twelve digits. */
export const paramTypes = [
  'text',
  'integer',
  'time',
  'boolean',
  'networks',
  'resource',
  'cluster',
  'account',
] as const;
export type ParamType = (typeof paramTypes)[number];

export const engines = ['duckdb', 'athena', 'trino'] as const;
export type Engine = (typeof engines)[number];

/** Every question may be asked over a time range, whether its own statement reads it or only a source does. */
export const rangeBinds = ['since', 'until'] as const;

export interface QueryParam {
  readonly name: string;
  readonly type: ParamType;
  readonly need: 'required' | 'optional' | 'default';
  /** As written in the file, in the form that a person would type; null unless `need` is `default`. */
  readonly defaultText: string | null;
  readonly description: string;
}

export interface QueryColumn {
  readonly name: string;
  readonly type: ValueType;
  readonly description: string;
}

interface FileParts {
  /** Relative to queries/, with forward slashes. */
  readonly path: string;
  readonly id: string;
  /** One row per what. */
  readonly grain: string;
  /** The relations that the statement reads. */
  readonly uses: readonly string[];
  /** What each `?` of the statement stands for, in order. */
  readonly binds: readonly string[];
  readonly columns: readonly QueryColumn[];
  readonly engines: readonly Engine[];
  /** How to read the rows, in sentences. */
  readonly reading: readonly string[];
  /** What the rows cannot tell. */
  readonly limits: readonly string[];
  readonly refs: readonly string[];
  /** The statement as it stands, without the front matter. */
  readonly sql: string;
  /** The line of the file on which `sql` begins. */
  readonly sqlLine: number;
}

/** A question that a person asks. */
export interface Question extends FileParts {
  readonly kind: 'question';
  /** The last part of the id, by which it is asked. */
  readonly name: string;
  readonly question: string;
  readonly params: readonly QueryParam[];
  /** Arguments of the command line that ask it. */
  readonly examples: readonly string[];
}

/** A relation that questions read: a model, or an engine's source. */
export interface RelationFile extends FileParts {
  readonly kind: 'model' | 'source';
  /** The last part of the id as SQL names it: `session-links` is `session_links`. */
  readonly name: string;
}

export type QueryFile = Question | RelationFile;
