// Turns the errors of Trino and Athena, which share their names, into messages that name the object and the remedy; does again
// what may succeed when repeated.
import { CREDENTIALS_REMEDY } from '../aws-sdk.ts';
import { StatementError, WarehouseError } from './warehouse.ts';

interface Known {
  pattern: RegExp;
  code: string;
  remedy: string;
  retryable?: true;
}

/** Two statements changed one table at the same time, which repeating settles. */
const CONFLICT = 'conflict';

/**
 * The first that fits counts. Athena words what S3 says within an error of reading, so S3's refusals stand before what says that a
 * file is damaged: https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html
 */
const KNOWN: readonly Known[] = [
  {
    pattern: /bytes scanned limit|EXCEEDED_SCAN_LIMIT/i,
    code: 'scan-limit',
    remedy:
      "the workgroup's limit of scanned bytes was passed: ask for a shorter time range, or raise the limit",
  },
  {
    pattern: /MORE_RUNS_NEEDED/,
    code: 'more-runs-needed',
    remedy: 'one run tidies so much only: run roll-up with --tidy again',
  },
  {
    pattern: /ExpiredToken|security token included in the request is expired/i,
    code: 'credentials-expired',
    remedy: `the AWS credentials have expired: ${CREDENTIALS_REMEDY}`,
  },
  {
    pattern: /WorkGroup \S+ is not found/i,
    code: 'workgroup-missing',
    remedy:
      'name a workgroup that there is with --workgroup, and the region that has it with --athena-region',
  },
  {
    pattern: /Unable to verify\/create output bucket/i,
    code: 'output-missing',
    remedy:
      "the bucket of the results must exist in Athena's region, and the caller needs s3:GetBucketLocation on it: name it with --output",
  },
  {
    pattern: /No output location provided/i,
    code: 'output-missing',
    remedy: 'say where results go with --output s3://bucket/prefix/, or set it in the workgroup',
  },
  {
    pattern:
      /TooManyRequests|exceeded the limit for the number of queries|throttl|Rate exceeded|SlowDown|slow down|reduce your request rate|Status Code: 503/i,
    code: 'throttled',
    remedy: 'AWS takes no more requests at this rate: ask again later, or for a shorter time range',
    retryable: true,
  },
  {
    pattern:
      /access ?denied|PERMISSION_DENIED|Permission denied on S3 path|Insufficient permissions|Lake Formation permission|not authorized|Status Code: 403/i,
    code: 'access-denied',
    remedy:
      "the caller needs s3:GetObject and s3:ListBucket on the trail's bucket, kms:Decrypt on the key of encrypted log files, s3:PutObject on the output location, and the Glue database's tables, which Lake Formation may have to grant too",
  },
  {
    pattern: /CATALOG_NOT_FOUND|MISSING_(CATALOG|SCHEMA)_NAME/,
    code: 'catalog-missing',
    remedy:
      'name tables as catalog.schema.table and the history as catalog.schema, of catalogs that the engine has',
  },
  {
    pattern: /TABLE_NOT_FOUND|SCHEMA_NOT_FOUND|(Table|Schema|Database) '?\S+'? (does not exist|not found)/i,
    code: 'table-missing',
    remedy:
      'make the tables with "podtrail athena init" or "podtrail trino init", or name the database that has them',
  },
  {
    pattern: /HIVE_CANNOT_OPEN_SPLIT|HIVE_CURSOR_ERROR|HIVE_BAD_DATA/,
    code: 'log-file-unreadable',
    remedy:
      'a damaged log file stops the whole query: leave it out with --without, and load it by "podtrail load", which keeps what is whole in it',
  },
  {
    pattern: /SYNTAX_ERROR|COLUMN_NOT_FOUND|TYPE_MISMATCH|FUNCTION_NOT_FOUND|mismatched input|NOT_SUPPORTED/,
    code: 'statement-refused',
    remedy:
      'the engine does not take the statement: tables made by another version of podtrail, or by hand, may lack columns',
  },
  {
    pattern: /EXCEEDED_TIME_LIMIT|query timeout|QUERY_TIMED_OUT/i,
    code: 'time-limit',
    remedy: 'the engine stopped it for taking too long: ask for a shorter time range',
  },
  {
    pattern:
      /exhausted resources|EXCEEDED_(GLOBAL|LOCAL)?_?MEMORY_LIMIT|CLUSTER_OUT_OF_MEMORY|NO_NODES_AVAILABLE|SERVER_STARTING_UP/i,
    code: 'resources-exhausted',
    remedy: 'the engine ran out of resources: ask for a shorter time range, or again later',
    retryable: true,
  },
  {
    pattern: /ICEBERG_COMMIT_ERROR|TRANSACTION_CONFLICT/,
    code: CONFLICT,
    remedy: 'another statement changed the table at the same time: run the command again',
    retryable: true,
  },
  {
    pattern: /GENERIC_INTERNAL_ERROR|InternalServerException/,
    code: 'transient',
    remedy: 'it may succeed when repeated',
    retryable: true,
  },
];

export interface Told {
  cause?: unknown;
  /** Whether the same may succeed later, where the engine says so. */
  retryable?: boolean | undefined;
}

/** The error for a request that was refused; `said` never holds a record, but may hold a path and the engine's words. */
export function warehouseError(engine: string, said: string, told: Told = {}): WarehouseError {
  return new WarehouseError(...explained(engine, said, told));
}

/** The same for a statement that the engine took, and that failed. */
export function statementError(engine: string, said: string, told: Told = {}): StatementError {
  return new StatementError(...explained(engine, said, told));
}

function explained(engine: string, said: string, told: Told): ConstructorParameters<typeof WarehouseError> {
  const found = KNOWN.find(({ pattern }) => pattern.test(said));
  const text = `${engine}: ${said.replace(/\s+/g, ' ').trim().slice(0, 500)}`;
  // A conflict passes, whatever the engine says of it.
  const retryable = found?.code === CONFLICT || (told.retryable ?? found?.retryable ?? false);
  const options = { cause: told.cause, retryable };
  if (found === undefined) return ['statement-failed', text, options];
  return [found.code, `${text}\n${found.remedy}`, options];
}

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;

type Wait = (ms: number) => Promise<void>;

/** Does the work again where its failure may pass, each time after a longer wait. */
export function retried<T>(work: () => Promise<T>, wait: Wait): Promise<T> {
  return repeated(work, wait, (error) => error instanceof WarehouseError && error.retryable);
}

/**
 * Runs a statement again where it failed by what may pass. Not one that inserts, since what it wrote before it failed may be read
 * later: https://docs.aws.amazon.com/athena/latest/ug/insert-into.html. Nor where only a request about it failed, since it may
 * still run.
 */
export function retriedStatement<T>(sql: string, work: () => Promise<T>, wait: Wait): Promise<T> {
  const isSafe = !/^\s*insert\b/i.test(sql);
  return repeated(work, wait, (error) => isSafe && error instanceof StatementError && error.retryable);
}

async function repeated<T>(
  work: () => Promise<T>,
  wait: Wait,
  mayPass: (error: unknown) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || attempt === ATTEMPTS) throw error;
      await wait(FIRST_WAIT_MS * 4 ** (attempt - 1));
    }
  }
}
