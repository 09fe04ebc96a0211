// Reads an EKS cluster's audit log from CloudWatch Logs: changes of ServiceAccounts and webhooks in a time range.
import { compact } from '../../compact.ts';
import { PodtrailError } from '../../errors.ts';
import { hushNodeWarning, whyUnread } from '../aws-sdk.ts';

export interface AuditRange {
  /** `/aws/eks/<cluster>/cluster` */
  readonly logGroupName: string;
  readonly region?: string;
  readonly since: Date;
  readonly until: Date;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
const PATTERN =
  '{ ($.objectRef.resource = "serviceaccounts" || $.objectRef.resource = "mutatingwebhookconfigurations") && ($.verb = "create" || $.verb = "update" || $.verb = "patch" || $.verb = "delete") }';
/** Events that are read; a range with more of them is told to be too long. */
const MOST = 50_000;

/** Calls `take` with each event's text. Throws PodtrailError where the group can't be read, or holds too much. */
export async function readAuditLogGroup(
  { logGroupName, region, since, until }: AuditRange,
  take: (text: string) => void,
): Promise<void> {
  hushNodeWarning();
  const { CloudWatchLogsClient, paginateFilterLogEvents } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(compact({ region }));
  const pages = paginateFilterLogEvents(
    { client },
    {
      logGroupName,
      logStreamNamePrefix: 'kube-apiserver-audit',
      filterPattern: PATTERN,
      startTime: since.getTime(),
      endTime: until.getTime(),
    },
  );
  let read = 0;
  try {
    for await (const { events = [] } of pages) {
      read += events.length;
      if (read > MOST)
        throw new PodtrailError(
          'audit-log',
          `${logGroupName} has more than ${MOST} changes in the range: narrow it with --since and --until`,
        );
      for (const { message = '' } of events) take(message);
    }
  } catch (error) {
    if (error instanceof PodtrailError) throw error;
    throw new PodtrailError('audit-log', `can't read the log group ${logGroupName}: ${whyUnread(error)}`, {
      cause: error,
    });
  }
}
