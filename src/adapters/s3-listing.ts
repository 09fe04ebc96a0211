// Owns the listing of S3 prefixes: which prefixes a time range needs, many requests at once, results in key order.
// Where keys lie is the layout's matter (trail/keys.ts); what a listed key is, s3.ts judges.
import type {
  _Object as ListedObject,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { dayPrefixes, holdsNoLogFiles, listingStep, narrowToPrefix, type TimeRange } from '../trail/keys.ts';
import type { Found } from './files.ts';
import { connectS3, judgeObject, type OpenOptions, parseS3Path, type S3 } from './s3.ts';
import { s3Reason } from './s3-errors.ts';

/** The prefixes that were listed to their end, so that a later path that overlaps is not read twice. */
export type Listed = { bucket: string; prefix: string; isObject: boolean }[];

/** At each level of the layout so many listings run ahead of the one being read. */
const AHEAD = 6;
/** Folders outside the layout are looked into for an `AWSLogs/` so deep; below, everything is listed. */
const SEARCH_DEPTH = 3;
const SEARCH_WIDTH = 100;

/** Finds the log files of one `s3://bucket/prefix`; a prefix is plain text to S3, but one that is an object's key means that object alone. */
export async function* findS3Files(
  path: string,
  options: OpenOptions & TimeRange,
  listed: Listed,
): AsyncGenerator<Found> {
  const { bucket = '', key: prefix = '' } = parseS3Path(path) ?? {};
  const problem = refusal(bucket);
  if (problem !== null) {
    yield { kind: 'rejected', path, reason: problem };
    return;
  }
  const covering = listed.find((earlier) => earlier.bucket === bucket && covers(earlier, prefix));
  if (covering !== undefined) {
    yield { kind: 'skipped', path, reason: `already looked for under ${nameOf(covering)}` };
    return;
  }
  const listing = { bucket, prefix, isObject: false };
  try {
    const search: Search = { s3: await connectS3(options), bucket, range: options, now: new Date() };
    let count = 0;
    for await (const page of walk(search, prefix, 0)) {
      for (const object of page) {
        count += 1;
        listing.isObject = object.Key === prefix && !prefix.endsWith('/');
        const earlier = listed.find((one) => one.bucket === bucket && covers(one, object.Key ?? ''));
        if (earlier === undefined) yield judgeObject(bucket, object, options);
        else yield foundBefore(`s3://${bucket}/${object.Key}`, earlier);
        if (listing.isObject) break;
      }
      if (listing.isObject) break;
    }
    if (count === 0) yield await explainNothing(path, search, prefix);
    listed.push(listing);
  } catch (error) {
    yield { kind: 'rejected', path, reason: s3Reason({ bucket }, error) };
  }
}

function refusal(bucket: string): string | null {
  if (bucket === '') return 'no bucket named: write s3://bucket/prefix';
  if (/^arn:/i.test(bucket))
    return "an access point's ARN cannot be read here: give its alias (s3://alias/prefix)";
  return null;
}

function covers(earlier: Listed[number], key: string): boolean {
  return earlier.isObject ? earlier.prefix === key : key.startsWith(earlier.prefix);
}

function foundBefore(path: string, earlier: Listed[number]): Found {
  return { kind: 'skipped', path, reason: `already found under ${nameOf(earlier)}` };
}

function nameOf({ bucket, prefix }: Listed[number]): string {
  return `s3://${bucket}/${prefix}`;
}

interface Search {
  s3: S3;
  bucket: string;
  range: TimeRange;
  now: Date;
}

type Pages = AsyncGenerator<ListedObject[]>;

async function* walk(search: Search, prefix: string, depth: number): Pages {
  const step = listingStep(prefix);
  const isBounded = search.range.since !== undefined || search.range.until !== undefined;
  if (!isBounded || step.by === 'key') yield* listKeys(search, prefix);
  else if (step.by === 'day') yield* walkDays(search, prefix, step.region);
  else if (step.isInLayout || depth < SEARCH_DEPTH) yield* walkFolders(search, step, depth);
  else yield* listKeys(search, prefix);
}

async function* walkFolders(
  search: Search,
  { prefix, isInLayout }: { prefix: string; isInLayout: boolean },
  depth: number,
): Pages {
  let isFirst = true;
  for await (const { objects, folders } of listFolder(search, prefix)) {
    if (isFirst && !isInLayout && isCrowd(folders)) {
      yield* listKeys(search, prefix);
      return;
    }
    isFirst = false;
    const children = [
      ...objects.map((object) => ({ key: object.Key ?? '', pages: () => onePage(object) })),
      ...folders
        .filter((folder) => !holdsNoLogFiles(folder))
        .map((folder) => ({ key: folder, pages: () => walk(search, folder, depth + 1) })),
    ];
    children.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    yield* inOrder(children.map((child) => child.pages));
  }
}

/** Many folders, none of which begins the layout: looking into each would take more requests than listing them all. */
function isCrowd(folders: readonly string[]): boolean {
  return folders.length > SEARCH_WIDTH && !folders.some((folder) => folder.endsWith('AWSLogs/'));
}

async function* walkDays(search: Search, prefix: string, region: string): Pages {
  const partitions = narrowToPrefix(prefix.slice(region.length), dayPrefixes(search.range, search.now));
  let isEmpty = true;
  for await (const page of inOrder(partitions.map((days) => () => listKeys(search, region + days)))) {
    if (page.length > 0) isEmpty = false;
    yield page;
  }
  // A region without a log file on those days may be quiet, or partitioned in a way of its own that days do not show.
  if (isEmpty && prefix === region) yield* walkUnknownPartitions(search, region);
}

async function* walkUnknownPartitions(search: Search, region: string): Pages {
  for await (const { objects, folders } of listFolder(search, region)) {
    yield objects;
    const unknown = folders.filter((folder) => !/\/\d{4}\/$/.test(folder));
    yield* inOrder(unknown.map((folder) => () => listKeys(search, folder)));
  }
}

async function* listFolder(
  search: Search,
  prefix: string,
): AsyncGenerator<{ objects: ListedObject[]; folders: string[] }> {
  const pages = listPages(search, { Prefix: prefix, Delimiter: '/' });
  for await (const { Contents: objects = [], CommonPrefixes = [] } of pages) {
    yield { objects, folders: CommonPrefixes.flatMap((folder) => folder.Prefix ?? []) };
  }
}

async function* listKeys(search: Search, prefix: string): Pages {
  for await (const { Contents = [] } of listPages(search, { Prefix: prefix })) yield Contents;
}

/** How many objects lie under a prefix, and their bytes as stored; of those listed until there are more than `most`. Throws what the SDK throws. */
export async function sizeUnder(
  s3: S3,
  bucket: string,
  prefix: string,
  most = Number.POSITIVE_INFINITY,
): Promise<{ files: number; bytes: number }> {
  const sums = { files: 0, bytes: 0 };
  const search = { s3, bucket, range: {}, now: new Date() };
  for await (const page of listKeys(search, prefix)) {
    for (const { Size: size = 0 } of page) {
      sums.files += 1;
      sums.bytes += size;
    }
    if (sums.files > most) break;
  }
  return sums;
}

async function* onePage(object: ListedObject): Pages {
  yield [object];
}

async function* listPages(
  { s3, bucket }: Search,
  input: Omit<ListObjectsV2CommandInput, 'Bucket'>,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  yield* s3.sdk.paginateListObjectsV2(
    { client: s3.client },
    { Bucket: bucket, OptionalObjectAttributes: ['RestoreStatus'], ...input },
  );
}

/** Drains streams one after the other, while the next ones already fetch their first page. */
async function* inOrder(streams: readonly (() => Pages)[]): Pages {
  const started: { pages: Pages; first: ReturnType<Pages['next']> }[] = [];
  for (let next = 0; next < streams.length || started.length > 0; ) {
    for (; started.length < AHEAD && next < streams.length; next += 1) {
      const pages = streams[next]?.();
      if (pages === undefined) continue;
      const first = pages.next();
      // Its failure is thrown when its turn comes; until then it must not count as unhandled.
      first.catch(() => undefined);
      started.push({ pages, first });
    }
    const current = started.shift();
    if (current === undefined) return;
    for (let page = await current.first; page.done !== true; page = await current.pages.next())
      yield page.value;
  }
}

async function explainNothing(path: string, search: Search, prefix: string): Promise<Found> {
  for await (const { Contents = [] } of listPages(search, { Prefix: prefix, MaxKeys: 1 })) {
    if (Contents.length > 0) return { kind: 'skipped', path, reason: 'nothing delivered in the time range' };
    break;
  }
  return { kind: 'rejected', path, reason: 'no object has this prefix: check the bucket and the prefix' };
}
