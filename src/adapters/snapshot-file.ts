// Reads snapshots: what IAM's roles and EKS's associations were at one time, as JSON.
import { type Snapshot, type SnapshotRole, snapshotRoles } from '../diagnosis/snapshot-roles.ts';
import { PodtrailError } from '../errors.ts';
import { isObject } from '../trail/json-text.ts';
import { readJson } from './read-json.ts';

export class SnapshotError extends PodtrailError {
  constructor(path: string, fault: string, cause?: unknown) {
    super('snapshot', `${path}: ${fault}`, { cause });
  }
}

/** Throws SnapshotError where the file is absent or no snapshot. */
export function readSnapshotRoles(path: string): SnapshotRole[] {
  const found = readJson(path, (fault, cause) => new SnapshotError(path, fault, cause));
  if (!isSnapshot(found)) throw new SnapshotError(path, 'is not a file that "podtrail snapshot" wrote');
  return snapshotRoles(found);
}

function isSnapshot(value: unknown): value is Snapshot {
  const isList = (list: unknown, texts: readonly string[]) =>
    Array.isArray(list) &&
    list.every((one) => isObject(one) && texts.every((name) => isPlainText(one[name])));
  return (
    isObject(value) &&
    value.version === 1 &&
    isList(value.roles, ['arn', 'trustPolicy']) &&
    isList(value.associations, ['clusterArn', 'clusterName', 'namespace', 'serviceAccount', 'roleArn']) &&
    Array.isArray(value.unread)
  );
}

/** These come to stand in answers, which control characters must not. */
function isPlainText(value: unknown): boolean {
  return typeof value === 'string' && !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value);
}
