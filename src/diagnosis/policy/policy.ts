// What a trust policy is once it is read: statements whose parts can be evaluated, and what is wrong with it.

/** Something that IAM would not take, so that nothing follows from the statement or, without one, from the document. */
export interface Fault {
  /** Index of the statement; null for the document. */
  statement: number | null;
  /** Name of the element that is wrong, absent or too much. */
  element: string;
  /** A sentence. */
  message: string;
  /** As written, null where it is absent. */
  actual: unknown;
}

export interface PrincipalClause {
  element: 'Principal' | 'NotPrincipal';
  /** As written. */
  written: unknown;
  /** `"*"`, which is everybody. */
  isEveryone: boolean;
  /** Values by type: AWS, Federated, Service, CanonicalUser. */
  byType: ReadonlyMap<string, readonly string[]>;
}

export interface ActionClause {
  element: 'Action' | 'NotAction';
  /** As written. */
  written: unknown;
  patterns: readonly string[];
}

export interface Condition {
  /** As written, with its set operator and `IfExists`. */
  operator: string;
  /** As written. */
  key: string;
  /** As written. */
  written: unknown;
  /** Numbers and booleans as text; null where they are no such values. */
  values: readonly string[] | null;
}

export interface Statement {
  index: number;
  effect: 'Allow' | 'Deny';
  principal: PrincipalClause;
  action: ActionClause;
  conditions: readonly Condition[];
}

export interface Policy {
  /** Without `Version` it is 2008-10-17, which has no policy variables. */
  version: '2008-10-17' | '2012-10-17';
  /** As many as the document has; null in the place of one with a fault. */
  statements: readonly (Statement | null)[];
  faults: readonly Fault[];
  /** Whether `Statement` is a list, which the path of a patch depends on. */
  isList: boolean;
}
