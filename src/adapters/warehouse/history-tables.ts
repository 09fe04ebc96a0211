// Owns the tables of the attributed history: what the models yield for a day, kept for good.
// Their columns are the models' own, so that questions read them by the same names.

export type ColumnType = 'text' | 'integer' | 'time' | 'boolean' | 'texts';

export interface HistoryTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** The columns that say which row is which. */
  readonly key: readonly string[];
  /** The time that the table is partitioned by. */
  readonly time: string;
  /** How long a partition is: whoever asks of an hour reads no more of the calls, which are nearly all that a history holds. */
  readonly per: 'hour' | 'day';
}

const as = <T extends ColumnType>(type: T, names: string): Record<string, T> =>
  Object.fromEntries(names.split(' ').map((name) => [name, type]));

const WORKLOAD = as(
  'text',
  'workload_cluster_id workload_cluster workload_namespace workload_service_account workload_pod workload_pod_uid',
);

/** Every call but those of AWS's own services, which `trail_days` counts. */
export const CALLS: HistoryTable = {
  name: 'calls',
  columns: {
    ...as('integer', 'record_key'),
    ...as('time', 'event_time'),
    ...as(
      'text',
      'event_id event_source event_name aws_region recipient_account_id error_code error_message',
    ),
    ...as('boolean', 'is_denied'),
    ...as(
      'text',
      'source_ip_address shared_event_id event_category principal_class principal_type principal_arn access_key_id',
    ),
    ...as('text', 'session_issuer_arn assumed_role_arn federated_provider invoked_by'),
    ...as('time', 'session_created_at'),
    ...as('integer', 'session_key'),
    ...as('text', 'session_name session_access_key_id'),
    ...WORKLOAD,
    ...as('text', 'workload_mechanism session_mechanism evidence confidence candidates pod_candidates'),
    ...as('texts', 'hops'),
    ...as('boolean', 'is_delegated'),
    ...as('text', 'resources'),
  },
  key: ['record_key'],
  time: 'event_time',
  per: 'hour',
};

export const SESSIONS: HistoryTable = {
  name: 'sessions',
  columns: {
    ...as('integer', 'session_key'),
    ...as('text', 'access_key_id'),
    ...as('time', 'issued_at expires_at'),
    ...as('text', 'mechanism'),
    ...WORKLOAD,
    ...as('text', 'role_arn role_session_name assumed_role_id parent_access_key_id'),
    ...as('texts', 'hops'),
    ...as('boolean', 'is_delegated'),
    ...as('text', 'source_ip_address user_agent recipient_account_id aws_region event_id event_name'),
    ...as('text', 'evidence confidence'),
  },
  key: ['session_key'],
  time: 'issued_at',
  per: 'day',
};

export const ASSUMPTION_FAILURES: HistoryTable = {
  name: 'assumption_failures',
  columns: {
    ...as('integer', 'record_key'),
    ...as('time', 'event_time'),
    ...as('text', 'event_id event_name recipient_account_id aws_region mechanism'),
    ...as(
      'text',
      'workload_cluster_id workload_cluster workload_namespace workload_service_account workload_pod',
    ),
    ...as('text', 'role_arn role_session_name provider audience error_code error_message'),
    ...as('text', 'source_ip_address user_agent request_id'),
  },
  key: ['record_key'],
  time: 'event_time',
  per: 'day',
};

/** What each day has of each account and region, calls that are not in `calls` too: the denominators. */
export const TRAIL_DAYS: HistoryTable = {
  name: 'trail_days',
  columns: {
    ...as('time', 'day'),
    ...as('text', 'recipient_account_id aws_region'),
    ...as(
      'integer',
      'calls service_calls workload_calls unnamed_calls data_events late_calls longest_delay_seconds',
    ),
    ...as('time', 'first_time last_time'),
    ...as('integer', 'longest_gap_seconds'),
    ...as('time', 'longest_gap_began'),
  },
  key: ['day', 'recipient_account_id', 'aws_region'],
  time: 'day',
  per: 'day',
};

/** The days that are in the history, with the sums of what was read for each (look-back and late delivery included). */
export const ROLL_UPS: HistoryTable = {
  name: 'roll_ups',
  columns: {
    ...as('time', 'day rolled_up_at'),
    ...as('boolean', 'is_final'),
    ...as('integer', 'files read kept outside duplicate rejected calls'),
  },
  key: ['day'],
  time: 'day',
  per: 'day',
};

/** In the order in which a roll-up writes them: a day counts as done when its row in `roll_ups` stands. */
export const HISTORY_TABLES = [CALLS, SESSIONS, ASSUMPTION_FAILURES, TRAIL_DAYS, ROLL_UPS] as const;

/**
 * Makes the table have the rows of `from`: changed ones are changed, new ones added, equal ones left alone, so that doing it
 * twice does it once. `bounds` limits the search to partitions. Rows of `from` must differ in the key.
 */
export function mergeStatement(schema: string, table: HistoryTable, from: string, bounds: string): string {
  const names = Object.keys(table.columns);
  const isKey = new Set(table.key);
  const rest = names.filter((name) => !isKey.has(name));
  // Equality, since engines compare all rows with all others by anything else; only texts of a key may be absent.
  const same = table.key.map((name) =>
    table.columns[name] === 'text'
      ? `coalesce(kept.${name}, '') = coalesce(fresh.${name}, '')`
      : `kept.${name} = fresh.${name}`,
  );
  const differs = rest.map((name) => `kept.${name} is distinct from fresh.${name}`).join('\n    or ');
  // Iceberg keeps microseconds, and Athena does not widen times by itself.
  const selected = Object.entries(table.columns).map(([name, type]) =>
    type === 'time' ? `cast(${name} as timestamp(6)) as ${name}` : name,
  );
  return `merge into ${schema}.${table.name} as kept
using (select ${selected.join(', ')} from ${from}) as fresh
  on ${[...same, bounds].join('\n  and ')}
when matched and (${differs})
  then update set ${rest.map((name) => `${name} = fresh.${name}`).join(', ')}
when not matched
  then insert (${names.join(', ')}) values (${names.map((name) => `fresh.${name}`).join(', ')})`;
}

/** Takes the rows out of the table whose first key stands in `from`, a query of that one column. `bounds` as above. */
export function removeStatement(schema: string, table: HistoryTable, from: string, bounds: string): string {
  const [key] = table.key;
  return `merge into ${schema}.${table.name} as kept
using (${from}) as gone
  on kept.${key} = gone.${key}
  and ${bounds}
when matched then delete`;
}
