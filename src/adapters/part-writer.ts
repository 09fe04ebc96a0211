// Writes the parts through which a load worker hands its records to DuckDB: one separated text file per table.
// Texts go over unparsed and unescaped wherever they can, since that is most of the work of a load.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Principal, TrailRecord } from '../trail/record.ts';
import { PART_TABLES, type PartTable } from './duckdb/schema.ts';

/** One part: the path of its file for each table that got rows. */
export type Part = Partial<Record<PartTable, string>>;

const FIELD = '\x1f';
const ITEM = '\x1e';
/** More than a row can have before its quotes double: fields end at 4,096 characters and resources at 100 of 2,048. */
const LONGEST_ROW = 1 << 19;
/** A table's rows are written out at this many characters, so a worker holds a few megabytes whatever a file's size. */
const BUFFERED = 1 << 17;
const ENCODER = new TextEncoder();
/** Room for the buffered rows and the longest single one behind them, at three bytes for a UTF-16 unit. */
const ENCODED = new Uint8Array(3 * (BUFFERED + LONGEST_ROW));
/** Callers remembered within a part; beyond that they are written again, and DuckDB keeps one of each. */
const REMEMBERED = 20_000;
/** Of callers with one key or id no more are remembered than this, so that a log of masked keys stays quick. */
const ALIKE = 32;

/** Callers that one worker can number in a load; small numbers are quick to write. */
const PRINCIPALS = 2 ** 28;

class TableWriter {
  readonly path: string;
  #rows: string[] = [];
  #length = 0;
  readonly #descriptor: number;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  /** `row` ends with its line break. */
  add(row: string): void {
    this.#rows.push(row);
    this.#length += row.length;
    if (this.#length >= BUFFERED) this.flush();
  }

  flush(): void {
    const text = this.#rows.join('');
    const { read, written } = ENCODER.encodeInto(text, ENCODED);
    if (read !== text.length) throw new RangeError('the buffer for encoded rows is too small');
    for (let at = 0; at < written; ) at += writeSync(this.#descriptor, ENCODED, at, written - at);
    this.#rows = [];
    this.#length = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}

/** Collects the records of whole log files; `take` ends the part and begins the next. */
export class PartWriter {
  /** Characters of all rows since the part began. */
  size = 0;
  readonly #folder: string;
  readonly #name: string;
  #partNo = 0;
  #tables = new Map<PartTable, TableWriter>();
  readonly #principals = new Map<string, { principal: Principal; number: number }[]>();
  #remembered = 0;
  #nextPrincipal: number;

  /** `worker` tells the writers of a load apart, in the names of their parts and the numbers of their callers. */
  constructor(folder: string, worker: number) {
    this.#folder = folder;
    this.#name = `worker-${worker}`;
    this.#nextPrincipal = worker * PRINCIPALS;
  }

  record(record: TrailRecord, fileNo: number, index: number): void {
    const principal = this.#principal(record.principal);
    const row = [
      fileNo,
      index,
      principal,
      record.eventTime,
      record.eventId,
      record.contentHash,
      record.recipientAccountId,
      record.awsRegion,
      record.eventSource,
      record.eventName,
      record.errorCode,
      record.errorMessage,
      record.sourceIpAddress,
      record.sharedEventId,
      record.addendumReason,
      record.eventCategory,
      record.assumption?.roleArn ?? null,
      joined(record.resources),
    ];
    this.#add('records', row);
    const a = record.assumption;
    if (a === null) return;
    this.#add('assumptions', [
      fileNo,
      index,
      principal,
      record.eventTime,
      record.eventId,
      record.recipientAccountId,
      record.awsRegion,
      record.eventName,
      record.errorCode,
      record.errorMessage,
      record.sourceIpAddress,
      record.userAgent,
      record.sharedEventId,
      a.roleArn,
      a.roleSessionName,
      a.issuedKeyId,
      a.expiresAt,
      a.assumedRoleId,
      a.tokenSubject,
      a.provider,
      a.audience,
      a.requestId,
      a.tagClusterArn,
      a.tagClusterName,
      a.tagNamespace,
      a.tagServiceAccount,
      a.tagPodName,
      a.tagPodUid,
    ]);
  }

  rejected(fileNo: number, index: number, reason: string): void {
    this.#add('rejected_records', [fileNo, index, reason]);
  }

  take(): Part {
    const part: Part = {};
    for (const table of PART_TABLES) {
      const writer = this.#tables.get(table);
      if (writer === undefined) continue;
      writer.close();
      part[table] = writer.path;
    }
    this.#tables = new Map();
    this.#forget();
    this.#partNo += 1;
    this.size = 0;
    return part;
  }

  #add(table: PartTable, values: readonly Value[]): void {
    const row = rowOf(values);
    this.size += row.length;
    this.#writer(table).add(row);
  }

  #writer(table: PartTable): TableWriter {
    let writer = this.#tables.get(table);
    if (writer === undefined) {
      writer = new TableWriter(join(this.#folder, `${this.#name}-${this.#partNo}-${table}.part`));
      this.#tables.set(table, writer);
    }
    return writer;
  }

  #principal(principal: Principal): number {
    const handle = principal.accessKeyId ?? principal.principalId ?? '';
    const alike = this.#principals.get(handle);
    if (alike !== undefined) {
      for (const one of alike) if (isSame(one.principal, principal)) return one.number;
    }
    if (this.#remembered++ >= REMEMBERED) this.#forget();
    const number = this.#nextPrincipal++;
    const one = { principal, number };
    if (alike === undefined || this.#remembered === 0) this.#principals.set(handle, [one]);
    else if (alike.length < ALIKE) alike.push(one);
    this.#add('principals', principalRow(principal, number));
    return number;
  }

  #forget(): void {
    this.#principals.clear();
    this.#remembered = 0;
  }
}

function isSame(a: Principal, b: Principal): boolean {
  return (
    a === b ||
    (a.createdAt === b.createdAt &&
      a.arn === b.arn &&
      a.principalId === b.principalId &&
      a.accessKeyId === b.accessKeyId &&
      a.type === b.type &&
      a.accountId === b.accountId &&
      a.userName === b.userName &&
      a.invokedBy === b.invokedBy &&
      a.identityProvider === b.identityProvider &&
      a.sessionIssuerArn === b.sessionIssuerArn &&
      a.federatedProvider === b.federatedProvider &&
      a.ec2RoleDelivery === b.ec2RoleDelivery &&
      a.sessionName === b.sessionName)
  );
}

function principalRow(principal: Principal, number: number): Value[] {
  return [
    number,
    principal.type,
    principal.principalId,
    principal.arn,
    principal.accountId,
    principal.accessKeyId,
    principal.userName,
    principal.invokedBy,
    principal.identityProvider,
    principal.sessionIssuerArn,
    principal.createdAt,
    principal.federatedProvider,
    principal.ec2RoleDelivery,
    principal.sessionName,
  ];
}

type Value = string | number | null;

/** A row as it stands in a part: fields apart by U+001F, null as nothing. */
function rowOf(values: readonly Value[]): string {
  const row = `${values.join(FIELD)}\n`;
  return plain(values.length).test(row) ? row : `${values.map(field).join(FIELD)}\n`;
}

const plainRows: RegExp[] = [];

/** What a row of so many fields looks like in which nothing needs quotes and no field holds a separator. */
function plain(fields: number): RegExp {
  plainRows[fields] ??= new RegExp(`^(?:[^"\\x00\\x1f\\r\\n]*\\x1f){${fields - 1}}[^"\\x00\\x1f\\r\\n]*\\n$`);
  return plainRows[fields];
}

/** A field with what the format itself uses made harmless: separators become U+FFFD, quotes double. */
function field(value: Value): string {
  if (value === null) return '';
  return `"${String(value)
    .replace(/[\x00\x1f]/g, '\ufffd')
    .replaceAll('"', '""')}"`;
}

/** Resources as one text, apart by U+001E. */
function joined(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const isApart = values.every((value) => !value.includes(ITEM));
  return (isApart ? values : values.map((value) => value.replaceAll(ITEM, '\ufffd'))).join(ITEM);
}
