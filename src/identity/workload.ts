// Owns the workload that an attribution names, when two are the same one, and the order in which several are listed.

export interface Workload {
  readonly clusterId: string | null;
  readonly cluster: string | null;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** One text per workload, the same that the SQL form of the ladder writes into `candidates`. */
export function workloadText({ clusterId, cluster, namespace, serviceAccount }: Workload): string {
  return JSON.stringify({ cluster_id: clusterId, cluster, namespace, service_account: serviceAccount });
}

/** Each workload once, in the order of their texts' bytes in UTF-8, which is how both SQL engines sort. */
export function distinctWorkloads(workloads: readonly Workload[]): Workload[] {
  const byText = new Map(workloads.map((workload) => [workloadText(workload), workload]));
  return [...byText]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([, workload]) => workload);
}
