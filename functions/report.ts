// Answers a question from the history, daily or on request; writes the answer to a bucket and sends a notice.
import { S3Client } from '@aws-sdk/client-s3';
import type { Handler } from 'aws-lambda';
import { needed } from '../src/adapters/environment.ts';
import { publishedFindings } from '../src/adapters/findings-environment.ts';
import { withHistory } from '../src/adapters/history-environment.ts';
import { readReportRequest } from '../src/adapters/report/report-request.ts';
import { writeReport } from '../src/adapters/report/write-report.ts';
import type { ReportNotice } from '../src/live/report-notice.ts';

const notices = publishedFindings(process.env);
const target = { client: new S3Client(), bucket: needed(process.env, 'REPORT_BUCKET') };

export const handler: Handler<unknown, ReportNotice> = async (event, context) => {
  const now = new Date();
  const request = readReportRequest(event, now);
  const run = { id: context.awsRequestId, now };
  const notice = await withHistory(process.env, context.getRemainingTimeInMillis(), (history) =>
    writeReport(history, request, run, target),
  );
  await notices.publish(notice);
  return notice;
};
