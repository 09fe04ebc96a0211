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
const NEEDS_CARE = /["\x00\x1e\x1f\r\n]/;
/** More than a row can have: fields end at 4,096 characters and resources at 100 of 2,048. */
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

class TableWriter {
  readonly path: string;
  #text = '';
  readonly #descriptor: number;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  add(line: string): void {
    this.#text += line;
    this.#text += '\n';
    if (this.#text.length >= BUFFERED) this.flush();
  }

  flush(): void {
    const { read, written } = ENCODER.encodeInto(this.#text, ENCODED);
    if (read !== this.#text.length) throw new RangeError('the buffer for encoded rows is too small');
    for (let at = 0; at < written; ) at += writeSync(this.#descriptor, ENCODED, at, written - at);
    this.#text = '';
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}

/** Collects the records of whole log files; `take` ends the part and begins the next. */
export class PartWriter {
  /** Characters of record rows since the part began. */
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
    this.#nextPrincipal = worker * 2 ** 40;
  }

  record(record: TrailRecord, fileNo: number, index: number): void {
    const principal = this.#principal(record.principal);
    const place = `${fileNo}${FIELD}${index}${FIELD}${principal}${FIELD}${record.eventTime}${FIELD}${field(record.eventId)}`;
    const account = field(record.recipientAccountId);
    const region = field(record.awsRegion);
    const name = field(record.eventName);
    const error = `${field(record.errorCode)}${FIELD}${field(record.errorMessage)}`;
    const address = field(record.sourceIpAddress);
    const shared = field(record.sharedEventId);
    const line =
      `${place}${FIELD}${field(record.contentHash)}${FIELD}${account}${FIELD}${region}${FIELD}` +
      `${field(record.eventSource)}${FIELD}${name}${FIELD}${error}${FIELD}${address}${FIELD}${shared}${FIELD}` +
      `${field(record.eventCategory)}${FIELD}${field(record.vpcEndpointId)}${FIELD}${field(record.addendumReason)}${FIELD}` +
      list(record.resources);
    this.size += line.length;
    this.#table('records').add(line);
    const a = record.assumption;
    if (a === null) return;
    const role = [a.roleArn, a.roleSessionName, a.issuedKeyId].map(field).join(FIELD);
    const rest = [a.assumedRoleId, a.tokenSubject, a.provider, a.audience, a.requestId]
      .concat(
        a.tagClusterArn,
        a.tagClusterName,
        a.tagNamespace,
        a.tagServiceAccount,
        a.tagPodName,
        a.tagPodUid,
      )
      .map(field)
      .join(FIELD);
    this.#table('assumptions').add(
      `${place}${FIELD}${account}${FIELD}${region}${FIELD}${name}${FIELD}${error}${FIELD}${address}${FIELD}` +
        `${field(record.userAgent)}${FIELD}${shared}${FIELD}${role}${FIELD}${a.expiresAt ?? ''}${FIELD}${rest}`,
    );
  }

  rejected(fileNo: number, index: number, reason: string): void {
    this.#table('rejected_records').add(`${fileNo}${FIELD}${index}${FIELD}${field(reason)}`);
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

  #table(table: PartTable): TableWriter {
    let writer = this.#tables.get(table);
    if (writer === undefined) {
      writer = new TableWriter(join(this.#folder, `${this.#name}-${this.#partNo}-${table}.part`));
      this.#tables.set(table, writer);
    }
    return writer;
  }

  #principal(principal: Principal): number {
    const handle = principal.accessKeyId ?? principal.principalId ?? '';
    const same = this.#principals.get(handle);
    const known = same?.find((one) => isSame(one.principal, principal));
    if (known !== undefined) return known.number;
    if (this.#remembered++ >= REMEMBERED) this.#forget();
    const number = this.#nextPrincipal++;
    const one = { principal, number };
    if (same === undefined || this.#remembered === 0) this.#principals.set(handle, [one]);
    else if (same.length < ALIKE) same.push(one);
    this.#table('principals').add(principalLine(principal, number));
    return number;
  }

  #forget(): void {
    this.#principals.clear();
    this.#remembered = 0;
  }
}

const PRINCIPAL_FIELDS = [
  'accessKeyId',
  'principalId',
  'createdAt',
  'sessionIssuerArn',
  'arn',
  'type',
  'accountId',
  'userName',
  'invokedBy',
  'identityProvider',
  'federatedProvider',
  'ec2RoleDelivery',
  'sessionName',
] as const satisfies (keyof Principal)[];

function isSame(a: Principal, b: Principal): boolean {
  return PRINCIPAL_FIELDS.every((name) => a[name] === b[name]);
}

function principalLine(p: Principal, number: number): string {
  const names = [p.type, p.principalId, p.arn, p.accountId, p.accessKeyId, p.userName, p.invokedBy];
  const before = names.concat(p.identityProvider, p.sessionIssuerArn).map(field).join(FIELD);
  const after = [p.federatedProvider, p.ec2RoleDelivery, p.sessionName].map(field).join(FIELD);
  return `${number}${FIELD}${before}${FIELD}${p.createdAt ?? ''}${FIELD}${after}`;
}

/** A field as it stands in a part. The three characters that the format itself uses become U+FFFD, quotes double. */
function field(value: string | null): string {
  if (value === null) return '';
  if (!NEEDS_CARE.test(value)) return value;
  return `"${value.replace(/[\x00\x1e\x1f]/g, '\ufffd').replaceAll('"', '""')}"`;
}

function list(values: readonly string[]): string {
  if (values.length === 0) return '';
  const joined = values.join(ITEM);
  if (!/["\x00\x1f\r\n]/.test(joined) && joined.split(ITEM).length === values.length) return joined;
  const clean = values.map((value) => value.replace(/[\x00\x1e\x1f]/g, '\ufffd').replaceAll('"', '""'));
  return `"${clean.join(ITEM)}"`;
}
