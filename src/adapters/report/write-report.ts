// Answers a question from the history, and puts the answer into a bucket as CSV, JSON and a page for people.
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { ReportNotice } from '../../live/report-notice.ts';
import type { ReportRow } from '../../report/columns.ts';
import { formatRows } from '../../report/format-rows.ts';
import { pageText } from '../../report/page.ts';
import type { History } from '../history-environment.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { sourceLines } from '../warehouse/answer-source.ts';
import { askWarehouse } from '../warehouse/ask-warehouse.ts';
import type { ReportRequest } from './report-request.ts';

export interface ReportTarget {
  client: S3Client;
  bucket: string;
}

export interface ReportRun {
  /** Its own, and the same when Lambda tries the same request again: the files are written over then. */
  id: string;
  now: Date;
}

const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  html: 'text/html; charset=utf-8',
} as const;
type Form = keyof typeof CONTENT_TYPES;
const FORMS = Object.keys(CONTENT_TYPES) as Form[];

/** Nothing is put before the whole answer is there. Returns what is to be told of it. Throws WarehouseError, or what S3 says. */
export async function writeReport(
  history: Pick<History, 'athena' | 'places' | 'settings'>,
  request: ReportRequest,
  { id, now }: ReportRun,
  target: ReportTarget,
): Promise<ReportNotice> {
  const { question, parameters, values } = request;
  let source: string[] = [];
  const answered = askWarehouse(
    history.athena,
    history.places,
    { question, values, source: 'history', settings: history.settings, now },
    {
      from: (from) => {
        source = sourceLines(from, history.places);
      },
      beforeLogFiles: async () => {},
    },
  );
  const rows = await begun(answered);
  const texts = textsOf(request, source, now);
  const time = now.toISOString();
  const day = time.slice(0, 10);
  const prefix = `reports/${question.name}/${day}/${time.slice(11, 19).replaceAll(':', '')}-${id}`;
  return inTemporaryFolder(join(tmpdir(), 'report-'), async (folder) => {
    const count = await toEach(
      rows,
      FORMS.map((form) => (branch) => pipeline(texts[form](branch), createWriteStream(join(folder, form)))),
    );
    const answer = await putForms(folder, prefix, target);
    return {
      id,
      kind: 'report-ready',
      day,
      question: question.name,
      parameters,
      rows: count,
      source,
      answer,
    };
  });
}

/** What each form makes of the rows. */
function textsOf(
  { question, parameters, values: { limit } }: ReportRequest,
  source: readonly string[],
  now: Date,
): Record<Form, (rows: AsyncIterable<ReportRow>) => AsyncIterable<string>> {
  const { columns } = question;
  const plain = { color: false, width: null };
  const about = {
    title: question.question,
    facts: [
      ['question', question.name],
      ['asked', now.toISOString()],
      ...Object.entries(parameters),
      ...source.map((line): [string, string] => ['source', line]),
    ] as const,
    notes: [question.reading.join(' '), ...question.limits.map((limit) => `Limit: ${limit}`)],
    columns,
    limit: typeof limit === 'number' ? limit : null,
  };
  return {
    csv: (rows) => formatRows(columns, rows, { format: 'csv', ...plain }),
    json: (rows) => formatRows(columns, rows, { format: 'json', ...plain }),
    html: (rows) => pageText(about, rows),
  };
}

/** Puts the files of the folder; returns their addresses. */
async function putForms(
  folder: string,
  prefix: string,
  { client, bucket }: ReportTarget,
): Promise<Record<Form, string>> {
  const urls: Partial<Record<Form, string>> = {};
  for (const form of FORMS) {
    const key = `${prefix}/answer.${form}`;
    const path = join(folder, form);
    const about = {
      Bucket: bucket,
      Key: key,
      ContentLength: (await stat(path)).size,
      ContentType: CONTENT_TYPES[form],
    };
    await again(() => client.send(new PutObjectCommand({ ...about, Body: createReadStream(path) })));
    urls[form] = `s3://${bucket}/${key}`;
  }
  return urls as Record<Form, string>;
}

const TRIES = 3;

/** The SDK cannot send a stream again, since it has been read; a new one of the same file it can. */
async function again(send: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await send();
      return;
    } catch (error) {
      const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
      const isFinal = status >= 400 && status < 500 && status !== 429;
      if (isFinal || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * tries));
    }
  }
}

/** The same items, once it is known that there is a first, or that there is none. */
async function begun<T>(items: AsyncGenerator<T>): Promise<AsyncIterable<T>> {
  const first = await items.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* items;
  })();
}

/** Hands each row to all consumers, the slowest of which sets the pace; returns how many there were. */
async function toEach(
  rows: AsyncIterable<ReportRow>,
  consumers: readonly ((branch: AsyncIterable<ReportRow>) => Promise<void>)[],
): Promise<number> {
  let count = 0;
  const branches = consumers.map(() => new PassThrough({ objectMode: true }));
  const source = Readable.from(
    (async function* () {
      for await (const row of rows) {
        count += 1;
        yield row;
      }
    })(),
  );
  // A pipe hands no error on.
  source.on('error', (error) => {
    for (const branch of branches) branch.destroy(error);
  });
  for (const branch of branches) source.pipe(branch);
  await Promise.all(
    consumers.map((consume, index) => consume(branches[index] as AsyncIterable<ReportRow>)),
  ).catch((error) => {
    source.destroy();
    for (const branch of branches) branch.destroy();
    throw error;
  });
  return count;
}
