// Owns S3 objects as log files: the client, the judging of listed keys, and reading bytes. The SDK is loaded on first use,
// so that a local run never pays for it.
import { Readable } from 'node:stream';
import type { _Object as ListedObject, S3Client } from '@aws-sdk/client-s3';
import { PodtrailError } from '../errors.ts';
import { isDeliveredOutside, otherService, parseLogFileKey, type TimeRange } from '../trail/keys.ts';
import { hushNodeWarning } from './aws-sdk.ts';
import { DELIVERED_OUTSIDE, type Found } from './files.ts';
import { ARCHIVED, isBrokenConnection, type S3Target, toS3Error } from './s3-errors.ts';

export interface OpenOptions {
  /** An S3 endpoint of one's own; else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, then AWS itself. */
  endpointUrl?: string;
  /** Else AWS_REGION, AWS_DEFAULT_REGION, the profile's; a bucket of another region is followed there. */
  region?: string;
}

type Sdk = typeof import('@aws-sdk/client-s3');

export interface S3 {
  sdk: Sdk;
  client: S3Client;
}

const clients = new Map<string, Promise<S3>>();

/** One client for each endpoint and region, with the SDK's own credential chain and retries. */
export function connectS3({ endpointUrl, region }: OpenOptions): Promise<S3> {
  const id = `${endpointUrl ?? ''} ${region ?? ''}`;
  const known = clients.get(id) ?? createClient({ endpointUrl, region });
  clients.set(id, known);
  return known;
}

async function createClient(options: { [name in keyof OpenOptions]: string | undefined }): Promise<S3> {
  hushNodeWarning();
  const sdk = await import('@aws-sdk/client-s3');
  const endpoint = options.endpointUrl ?? setting('AWS_ENDPOINT_URL_S3') ?? setting('AWS_ENDPOINT_URL');
  const region = options.region ?? setting('AWS_REGION') ?? setting('AWS_DEFAULT_REGION');
  const settings = {
    followRegionRedirects: true,
    // Nothing is waited for without end: a blocked address fails instead of hanging.
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  };
  const client = new sdk.S3Client(region === undefined ? settings : { ...settings, region });
  // Without any region S3 is asked in us-east-1, which names the bucket's own.
  return client.config.region().then(
    () => ({ sdk, client }),
    () => ({ sdk, client: new sdk.S3Client({ ...settings, region: 'us-east-1' }) }),
  );
}

/** An environment variable; set to nothing is as good as not set. */
function setting(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** The bucket and the key or prefix of `s3://bucket/key`, taken literally; null for any other path. */
export function parseS3Path(path: string): { bucket: string; key: string } | null {
  const parts = /^s3:\/\/([^/]*)(?:\/(.*))?$/is.exec(path);
  return parts === null ? null : { bucket: parts[1] ?? '', key: parts[2] ?? '' };
}

const ARCHIVE_CLASSES = new Set<string>(['GLACIER', 'DEEP_ARCHIVE']);
const SKIPPED_KINDS = {
  digest: 'digest file',
  insight: 'Insight file',
  aggregated: 'aggregated file',
} as const;

/** Judges one listed object by its key and its storage, without downloading it. */
export function judgeObject(bucket: string, object: ListedObject, range: TimeRange): Found {
  const key = object.Key ?? '';
  const size = object.Size ?? 0;
  const path = `s3://${bucket}/${key}`;
  const skipped = (reason: string): Found => ({ kind: 'skipped', path, reason });
  if (key.endsWith('/') && size === 0) return skipped('S3 folder marker');
  const parsed = parseLogFileKey(key);
  if (parsed !== null && parsed.kind !== 'log') return skipped(SKIPPED_KINDS[parsed.kind]);
  const service = otherService(key);
  if (service !== null) return skipped(`delivered by another service (${service})`);
  if (isDeliveredOutside(parsed, range)) return skipped(DELIVERED_OUTSIDE);
  const restoredUntil = object.RestoreStatus?.RestoreExpiryDate?.getTime() ?? 0;
  if (ARCHIVE_CLASSES.has(object.StorageClass ?? '') && restoredUntil <= Date.now()) {
    const isUnderWay = object.RestoreStatus?.IsRestoreInProgress === true;
    return {
      kind: 'rejected',
      path,
      reason: isUnderWay ? 'being restored from Glacier: read again later' : ARCHIVED,
    };
  }
  const version = `${(object.ETag ?? '').replaceAll('"', '')}-${size}`;
  return { kind: 'file', file: { path, version, size } };
}

const ATTEMPTS = 3;

/**
 * The bytes of one object as they are stored. A broken connection is taken up where it broke, on the same version of the
 * object. Throws `PodtrailError` with a code `s3-…` that names `s3://bucket/key`.
 */
export async function* openS3File(path: string, options: OpenOptions): AsyncGenerator<Uint8Array> {
  const { bucket = '', key = '' } = parseS3Path(path) ?? {};
  const target: S3Target = { bucket, key };
  const progress: Progress = { offset: 0, etag: undefined };
  for (let attempt = 1; ; attempt += 1) {
    try {
      yield* readFrom(target, progress, await connectS3(options));
      return;
    } catch (error) {
      // The SDK has repeated the request itself; what breaks later, in the body, it leaves to its user.
      const canResume = progress.etag !== undefined && isBrokenConnection(error);
      if (!canResume || attempt === ATTEMPTS) throw toS3Error(path, target, error);
    }
  }
}

interface Progress {
  offset: number;
  etag: string | undefined;
}

async function* readFrom({ bucket, key }: S3Target, progress: Progress, s3: S3): AsyncGenerator<Uint8Array> {
  const { offset, etag } = progress;
  const rest = offset === 0 ? {} : { Range: `bytes=${offset}-`, IfMatch: etag };
  const answer = await s3.client.send(new s3.sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...rest }));
  if (!(answer.Body instanceof Readable))
    throw new PodtrailError('s3-failed', `s3://${bucket}/${key}: the endpoint answered without a body`);
  if (offset > 0 && answer.ContentRange?.startsWith(`bytes ${offset}-`) !== true) {
    throw new PodtrailError(
      's3-failed',
      `s3://${bucket}/${key}: the connection broke and the endpoint cannot resume`,
    );
  }
  progress.etag = answer.ETag ?? '';
  for await (const chunk of answer.Body) {
    progress.offset += chunk.length;
    yield chunk;
  }
}
