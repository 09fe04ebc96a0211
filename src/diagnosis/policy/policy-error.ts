// The errors of reading a trust policy or a request, where nothing can be evaluated at all.
import { PodtrailError } from '../../errors.ts';

/** A policy or a request is too large, too deep, too costly or no JSON. What is wrong inside a policy is part of the answer instead. */
export class PolicyError extends PodtrailError {
  constructor(code: 'policy-refused' | 'request-refused', message: string) {
    super(code, message);
  }
}
