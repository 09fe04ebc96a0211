// Turns the errors of Trino and Athena, which share their names, into messages that name the object and the remedy.
import { WarehouseError } from './warehouse.ts';

interface Known {
  pattern: RegExp;
  code: string;
  remedy: string;
  retryable?: true;
}

const KNOWN: readonly Known[] = [
  {
    pattern: /bytes scanned limit|EXCEEDED_SCAN_LIMIT/i,
    code: 'scan-limit',
    remedy:
      "the workgroup's limit of scanned bytes was passed: ask for a shorter time range, or raise the limit",
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
      'one log file cannot be read to its end, and the engine then reads none: leave it out with --without, and load it by "podtrail load", which keeps what is whole in it',
  },
  {
    pattern: /access ?denied|PERMISSION_DENIED|not authorized|AccessDeniedException|Status Code: 403/i,
    code: 'access-denied',
    remedy:
      "the caller needs s3:GetObject and s3:ListBucket on the trail's bucket, s3:PutObject on the output location, and the Glue database's tables",
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
    pattern:
      /ICEBERG_COMMIT_ERROR|TRANSACTION_CONFLICT|GENERIC_INTERNAL_ERROR|throttl|slow ?down|Rate exceeded/i,
    code: 'transient',
    remedy: 'it may succeed when repeated',
    retryable: true,
  },
];

/** The error for what the engine said; `said` never holds a record, but may hold a path and the engine's words. */
export function warehouseError(engine: string, said: string, cause?: unknown): WarehouseError {
  const found = KNOWN.find(({ pattern }) => pattern.test(said));
  const text = said.replace(/\s+/g, ' ').trim().slice(0, 500);
  if (found === undefined) return new WarehouseError('statement-failed', `${engine}: ${text}`, { cause });
  return new WarehouseError(found.code, `${engine}: ${text}\n${found.remedy}`, {
    cause,
    retryable: found.retryable ?? false,
  });
}

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;

/** Does the work again where its failure may pass, each time after a longer wait. */
export async function retried<T>(work: () => Promise<T>, wait: (ms: number) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const mayPass = error instanceof WarehouseError && error.retryable;
      if (!mayPass || attempt === ATTEMPTS) throw error;
      await wait(FIRST_WAIT_MS * 4 ** (attempt - 1));
    }
  }
}
