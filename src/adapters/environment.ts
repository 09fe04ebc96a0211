// Reads what a function is told in its environment.
import { issuerNamed } from '../diagnosis/policy/issuer.ts';
import { PodtrailError } from '../errors.ts';

export class EnvironmentError extends PodtrailError {}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws EnvironmentError where the variable says nothing. */
export function needed(env: Environment, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new EnvironmentError('environment', `the variable ${name} of the function is not set`);
}

/** Texts with commas between them. */
export function listIn(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((one) => one.trim() || []);
}

export interface NamedCluster {
  /** Its ARN. */
  id: string;
  name: string;
}

/** `{"<issuer>": {"id": "arn:…", "name": "prod"}}`, by the issuer's host and path. Throws EnvironmentError. */
export function clustersIn(env: Environment): Map<string, NamedCluster> {
  const text = env.CLUSTERS ?? '';
  if (text.trim() === '') return new Map();
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (cause) {
    throw new EnvironmentError('environment', 'the variable CLUSTERS is not JSON', { cause });
  }
  return new Map(
    Object.entries((said ?? {}) as Record<string, Partial<NamedCluster> | null>).map(([issuer, cluster]) => {
      const { id, name } = cluster ?? {};
      if (typeof id !== 'string' || typeof name !== 'string')
        throw new EnvironmentError('environment', `the variable CLUSTERS has no id or no name for ${issuer}`);
      return [issuerNamed(issuer), { id, name }];
    }),
  );
}
