// Owns the cast: the workloads that the scenarios need, one line each, before they get roles, providers and names.

import type { SdkId } from './sdk-profiles.ts';
import type { ToolkitName } from './services/toolkits.ts';
import type { Mechanism, NamePolicy, Quirk } from './world.ts';

export type ClusterId = 'prod-us' | 'prod-eu' | 'batch' | 'staging' | 'edge';
export type AccountId = 'main' | 'europe' | 'staging' | 'edge' | 'lake' | 'outside';

/** `account/name` or `account/path/name`; workloads with one role share it. */
type RolePath = `${AccountId}/${string}`;

export interface WorkloadLine {
  /** `cluster/namespace/serviceAccount`. */
  readonly subject: `${ClusterId}/${string}/${string}`;
  readonly mechanism: Mechanism;
  readonly role: RolePath;
  readonly sdk: SdkId;
  readonly kit: ToolkitName;
  readonly chain?: readonly RolePath[];
  readonly naming?: NamePolicy;
  readonly quirks?: readonly Quirk[];
  /** The account that owns the resources, when it is not the calling role's. */
  readonly resources?: AccountId;
  readonly replicas?: number;
}

type Rest = Omit<WorkloadLine, 'subject' | 'mechanism'>;

function irsa(subject: WorkloadLine['subject'], rest: Rest): WorkloadLine {
  return { subject, mechanism: 'irsa', ...rest };
}

function podIdentity(subject: WorkloadLine['subject'], rest: Rest): WorkloadLine {
  return { subject, mechanism: 'pod-identity', ...rest };
}

export const WORKLOAD_LINES: readonly WorkloadLine[] = [
  // Plain ones, the same namespace and ServiceAccount on two clusters named alike among them.
  irsa('prod-us/frontend/api', { role: 'main/frontend-api', sdk: 'java', kit: 'service', replicas: 3 }),
  podIdentity('prod-us/orders/worker', {
    role: 'main/orders-worker',
    sdk: 'botocore',
    kit: 'worker',
    replicas: 3,
  }),
  podIdentity('prod-eu/orders/worker', {
    role: 'europe/orders-worker',
    sdk: 'botocore',
    kit: 'worker',
    replicas: 2,
  }),
  irsa('prod-eu/frontend/api', { role: 'europe/teams/web/frontend-api', sdk: 'js-v3', kit: 'service' }),
  podIdentity('batch/ml/trainer', { role: 'main/ml-trainer', sdk: 'go-v2', kit: 'analytics' }),
  irsa('staging/frontend/api', {
    role: 'staging/frontend-api',
    sdk: 'dotnet',
    kit: 'service',
    quirks: ['vpc-endpoint'],
  }),
  podIdentity('staging/search/indexer', { role: 'staging/search-indexer', sdk: 'ruby', kit: 'ingest' }),
  irsa('prod-us/velero/velero-server', { role: 'main/velero', sdk: 'go-v1', kit: 'backup' }),
  irsa('prod-us/logging/fluent-bit', {
    role: 'main/fluent-bit',
    sdk: 'fluent-bit',
    kit: 'ingest',
    replicas: 3,
  }),
  irsa('prod-us/kube-system/cluster-autoscaler', {
    role: 'main/cluster-autoscaler',
    sdk: 'go-v2',
    kit: 'controller',
    replicas: 1,
  }),
  irsa('edge/edge/gateway', { role: 'edge/edge-gateway', sdk: 'rust', kit: 'ingest' }),
  irsa('prod-us/legacy/cron', {
    role: 'main/legacy-cron',
    sdk: 'botocore',
    kit: 'backup',
    quirks: ['global-endpoint'],
  }),
  irsa('prod-us/backup/agent', { role: 'europe/backup-agent', sdk: 'java', kit: 'backup' }),

  // Chains of depth 1 to 3, inside and across accounts; resources of another account.
  irsa('prod-us/payments/api', {
    role: 'main/payments-api',
    sdk: 'java',
    kit: 'service',
    chain: ['lake/ledger-reader'],
    replicas: 3,
  }),
  irsa('prod-us/data/pipeline', {
    role: 'main/pipeline',
    sdk: 'botocore',
    kit: 'analytics',
    chain: ['main/pipeline-step', 'lake/lake-reader', 'europe/lake-export'],
  }),
  podIdentity('prod-eu/ml/features', {
    role: 'europe/ml-features',
    sdk: 'go-v2',
    kit: 'analytics',
    chain: ['lake/feature-store'],
  }),
  podIdentity('staging/data/sync', {
    role: 'staging/data-sync',
    sdk: 'js-v3',
    kit: 'worker',
    chain: ['staging/data-sync-write'],
  }),
  irsa('prod-us/reports/reader', {
    role: 'main/reports-reader',
    sdk: 'js-v3',
    kit: 'analytics',
    resources: 'lake',
  }),
  podIdentity('prod-eu/reports/reader', {
    role: 'europe/reports-reader',
    sdk: 'java',
    kit: 'analytics',
    resources: 'lake',
  }),

  // One role, several subjects or clusters.
  irsa('prod-us/etl/loader', { role: 'main/shared-etl', sdk: 'js-v2', kit: 'analytics' }),
  irsa('prod-us/etl/cleaner', { role: 'main/shared-etl', sdk: 'js-v2', kit: 'analytics' }),
  irsa('prod-us/audit/collector', { role: 'main/audit-collector', sdk: 'go-v2', kit: 'backup' }),
  irsa('prod-eu/audit/collector', { role: 'main/audit-collector', sdk: 'go-v2', kit: 'backup' }),
  podIdentity('prod-us/jobs/runner', { role: 'main/shared-jobs', sdk: 'java', kit: 'worker' }),
  podIdentity('batch/jobs/runner', { role: 'main/shared-jobs', sdk: 'java', kit: 'worker' }),
  podIdentity('staging/mail/composer', { role: 'staging/mail', sdk: 'ruby', kit: 'worker' }),
  podIdentity('staging/mail/sender', { role: 'staging/mail', sdk: 'ruby', kit: 'worker' }),

  // Session names that somebody chose.
  irsa('prod-us/search/indexer', {
    role: 'main/search-indexer',
    sdk: 'java',
    kit: 'ingest',
    naming: 'pod-name',
    replicas: 3,
  }),
  irsa('prod-us/billing/invoicer', {
    role: 'main/billing-invoicer',
    sdk: 'botocore',
    kit: 'service',
    naming: 'convention',
  }),
  irsa('prod-us/team-a/batch-runner', {
    role: 'main/team-a-batch-runner',
    sdk: 'go-v2',
    kit: 'worker',
    naming: 'convention',
  }),
  irsa('prod-us/team-a-batch/runner', {
    role: 'main/team-a-batch-runner-2',
    sdk: 'go-v2',
    kit: 'worker',
    naming: 'convention',
  }),

  // Long sessions on roles that nobody assumes during the trail: their name or provider is all there is.
  irsa('prod-us/billing/invoicer', {
    role: 'main/billing-archive',
    sdk: 'botocore',
    kit: 'backup',
    naming: 'convention',
    quirks: ['long-session'],
  }),
  irsa('prod-us/team-a/batch-runner', {
    role: 'main/team-a-archive',
    sdk: 'go-v2',
    kit: 'backup',
    naming: 'convention',
    quirks: ['long-session'],
  }),
  irsa('prod-us/nightly/dump-all', {
    role: 'main/nightly-dump',
    sdk: 'go-v2',
    kit: 'backup',
    naming: 'convention',
    quirks: ['long-session'],
  }),
  irsa('prod-eu/stream/mirror', {
    role: 'europe/stream-mirror',
    sdk: 'java',
    kit: 'ingest',
    quirks: ['long-session'],
  }),
  irsa('edge/edge/telemetry', {
    role: 'edge/edge-telemetry',
    sdk: 'rust',
    kit: 'ingest',
    quirks: ['long-session'],
  }),

  // Delegates act as ServiceAccounts that are not their own.
  irsa('prod-us/payments/secrets-reader', {
    role: 'main/payments-secrets',
    sdk: 'external-secrets',
    kit: 'secrets',
    replicas: 1,
  }),
  irsa('prod-us/frontend/secrets-reader', {
    role: 'main/shared-secrets',
    sdk: 'external-secrets',
    kit: 'secrets',
  }),
  irsa('prod-us/etl/secrets-reader', {
    role: 'main/shared-secrets',
    sdk: 'external-secrets',
    kit: 'secrets',
  }),
  irsa('prod-eu/checkout/web', {
    role: 'europe/checkout-web',
    sdk: 'secrets-store-csi',
    kit: 'secrets',
    replicas: 1,
  }),

  // Pod Identity without session tags.
  podIdentity('batch/legacy/agent', {
    role: 'main/legacy-agent',
    sdk: 'java',
    kit: 'worker',
    quirks: ['untagged'],
  }),

  // A role that people assume, too.
  podIdentity('batch/ops/toolbox', { role: 'main/ops-toolbox', sdk: 'botocore', kit: 'analytics' }),

  // The story of the bucket pii-exports.
  irsa('prod-us/privacy/exporter', {
    role: 'main/privacy-exporter',
    sdk: 'java',
    kit: 'backup',
    quirks: ['scripted'],
  }),
  podIdentity('prod-us/reports/builder', {
    role: 'main/reports-builder',
    sdk: 'botocore',
    kit: 'analytics',
    quirks: ['scripted'],
  }),
  irsa('prod-eu/support/case-viewer', {
    role: 'europe/support-case-viewer',
    sdk: 'go-v2',
    kit: 'service',
    chain: ['main/pii-reader'],
    quirks: ['scripted'],
  }),
  irsa('prod-us/billing/archiver', {
    role: 'main/billing-archiver',
    sdk: 'java',
    kit: 'backup',
    quirks: ['scripted'],
  }),
];
