// The base class of the errors that podtrail throws on purpose.

/** `code` is stable and kebab-case, `retryable` says whether the same call may succeed later, `cause` is what happened below. */
export class PodtrailError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
