// The errors of the catalogue: a faulty query file, and a wrong parameter.
import { PodtrailError } from '../errors.ts';

/** One thing that is wrong with a query file, at a line of it (counted from 1). */
export interface Fault {
  readonly line: number;
  readonly message: string;
}

/** A query file breaks the rules of the catalogue, or files do not fit together: a defect of the files, not of the person asking. */
export class CatalogueError extends PodtrailError {
  readonly faults: readonly Fault[];

  constructor(message: string, faults: readonly Fault[] = []) {
    super(
      'catalogue-invalid',
      [message, ...faults.map((fault) => `  line ${fault.line}: ${fault.message}`)].join('\n'),
    );
    this.faults = faults;
  }
}

/** A value given for a parameter of a question cannot be used; the message says what to write instead. */
export class ParameterError extends PodtrailError {
  constructor(message: string) {
    super('parameter-invalid', message);
  }
}
