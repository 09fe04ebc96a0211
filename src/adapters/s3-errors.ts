// What a failure of S3 or of the credentials means to the user: reason, remedy, and whether to retry.
import { PodtrailError } from '../errors.ts';
import { CREDENTIALS_REMEDY, NO_CREDENTIALS } from './aws-sdk.ts';

/** What was being done when it failed; `key` is absent for a listing. */
export interface S3Target {
  bucket: string;
  key?: string;
}

interface Problem {
  code: string;
  reason: string;
  retryable?: boolean;
}

/** Turns whatever the SDK threw into a `PodtrailError` that names `s3://bucket/key`; its `cause` is the SDK's error. */
export function toS3Error(path: string, target: S3Target, cause: unknown): PodtrailError {
  if (cause instanceof PodtrailError) return cause;
  const { code, reason, retryable = false } = describe(target, cause);
  return new PodtrailError(code, `${path}: ${reason}`, { cause, retryable });
}

/** The reason alone, for a path that is shown beside it. */
export function s3Reason(target: S3Target, cause: unknown): string {
  return describe(target, cause).reason;
}

/** True where the connection broke, as against an answer of S3 that says no. */
export function isBrokenConnection(error: unknown): boolean {
  const { status, names } = readError(error);
  return status === undefined && names.some((name) => BROKEN.has(name));
}

const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TimeoutError', 'ERR_STREAM_PREMATURE_CLOSE']);
const UNREACHABLE = new Set([
  ...BROKEN,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const BAD_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'InvalidToken',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
]);
const OTHER_REGION = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

function describe({ bucket, key }: S3Target, cause: unknown): Problem {
  const { status, names, region, text } = readError(cause);
  const is = (known: ReadonlySet<string>) => names.some((name) => known.has(name));
  if (is(NO_CREDENTIALS)) {
    return { code: 's3-no-credentials', reason: `no AWS credentials (${text}): ${CREDENTIALS_REMEDY}` };
  }
  if (is(BAD_CREDENTIALS)) {
    return {
      code: 's3-bad-credentials',
      reason: `S3 refused the AWS credentials (${names[0]}): renew or correct them`,
    };
  }
  if (is(new Set(['NoSuchBucket']))) {
    return {
      code: 's3-no-such-bucket',
      reason: `there is no bucket ${bucket}: check its name and the endpoint`,
    };
  }
  if (is(new Set(['NoSuchKey', 'NotFound']))) {
    return { code: 's3-no-such-key', reason: 'the object does not exist, or no longer' };
  }
  if (is(new Set(['InvalidObjectState']))) return { code: 's3-archived', reason: ARCHIVED };
  if (is(new Set(['PreconditionFailed']))) {
    return {
      code: 's3-changed',
      reason: 'the object changed while it was read: read it again',
      retryable: true,
    };
  }
  if (is(OTHER_REGION) || status === 301) {
    const where = region === undefined ? 'another region' : `the region ${region}`;
    return { code: 's3-wrong-region', reason: `bucket ${bucket} is in ${where}: set AWS_REGION to it` };
  }
  if (is(new Set(['AccessDenied', 'AllAccessDisabled', 'Forbidden'])) || status === 403) {
    const action =
      key === undefined
        ? `s3:ListBucket on arn:aws:s3:::${bucket}`
        : `s3:GetObject on arn:aws:s3:::${bucket}/${key} (and kms:Decrypt on its key, if it is encrypted with KMS)`;
    return { code: 's3-access-denied', reason: `access denied: allow ${action}` };
  }
  if (is(UNREACHABLE)) {
    const reason = `S3 cannot be reached (${text}): check the network, the endpoint and the region`;
    return { code: 's3-unreachable', reason, retryable: true };
  }
  return {
    code: 's3-failed',
    reason: `S3 failed (${status === undefined ? '' : `${status} `}${text})`,
    retryable: status === undefined ? false : status >= 500 || status === 429,
  };
}

/** What podtrail says of an object in an archive storage class. */
export const ARCHIVED =
  'archived in Glacier: restore the object first (aws s3api restore-object), then read again';

interface ReadError {
  names: string[];
  status: number | undefined;
  region: string | undefined;
  text: string;
}

/** The SDK has no one class for its errors: names, codes, status and region are read where they happen to lie. */
function readError(error: unknown): ReadError {
  if (typeof error !== 'object' || error === null) {
    return { names: [], status: undefined, region: undefined, text: String(error) };
  }
  const fields = error as Record<string, unknown>;
  const answer = fields.$response as { statusCode?: unknown; headers?: Record<string, unknown> } | undefined;
  const metadata = fields.$metadata as { httpStatusCode?: unknown } | undefined;
  const status = metadata?.httpStatusCode ?? answer?.statusCode;
  const region = fields.Region ?? answer?.headers?.['x-amz-bucket-region'];
  const nested = Array.isArray(fields.errors) ? fields.errors.flatMap((one) => readError(one).names) : [];
  const names = [fields.name, fields.Code, fields.code].filter((name) => typeof name === 'string');
  const message = typeof fields.message === 'string' ? fields.message : '';
  return {
    names: [...names, ...nested],
    status: typeof status === 'number' ? status : undefined,
    region: typeof region === 'string' ? region : undefined,
    text: message === '' ? (names.at(-1) ?? 'unknown error') : message,
  };
}
