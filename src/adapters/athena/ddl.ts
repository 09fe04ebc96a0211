// Words the statements that differ by engine as Athena does: Hive DDL for log files, Athena's own for Iceberg tables.
import { ParameterError } from '../../catalogue/errors.ts';
import type { ColumnType, HistoryTable } from '../warehouse/history-tables.ts';
import { LOG_FIELDS, locationTemplate, type RowPer } from '../warehouse/log-file-table.ts';
import type { Ddl } from '../warehouse/warehouse.ts';

const TYPES: Record<ColumnType, string> = {
  text: 'string',
  integer: 'bigint',
  time: 'timestamp',
  boolean: 'boolean',
  texts: 'array<string>',
};

interface LogFileForm {
  columns: string;
  /** What makes rows of a file. */
  reader: string;
}

const LOG_FILE_FORMS: Readonly<Record<RowPer, LogFileForm>> = {
  file: {
    columns: `  records array<struct<${LOG_FIELDS.map((field) => `${field}:string`).join(', ')}>>`,
    reader: `row format serde 'org.openx.data.jsonserde.JsonSerDe'
with serdeproperties ('ignore.malformed.json' = 'true')`,
  },
  // As on https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html, with what is
  // missing there: identityprovider, credentialid, inscopeof, sourceidentity.
  record: {
    columns: `  eventversion string,
  useridentity struct<type:string, principalid:string, arn:string, accountid:string, invokedby:string, accesskeyid:string, username:string, identityprovider:string, credentialid:string, onbehalfof:struct<userid:string, identitystorearn:string>, inscopeof:struct<issuertype:string, credentialsissuedto:string>, sessioncontext:struct<attributes:struct<mfaauthenticated:string, creationdate:string>, sessionissuer:struct<type:string, principalid:string, arn:string, accountid:string, username:string>, ec2roledelivery:string, sourceidentity:string, webidfederationdata:struct<federatedprovider:string, attributes:map<string,string>>>>,
  eventtime string,
  eventsource string,
  eventname string,
  awsregion string,
  sourceipaddress string,
  useragent string,
  errorcode string,
  errormessage string,
  requestparameters string,
  responseelements string,
  additionaleventdata string,
  requestid string,
  eventid string,
  readonly string,
  resources array<struct<arn:string, accountid:string, type:string>>,
  eventtype string,
  apiversion string,
  recipientaccountid string,
  serviceeventdetails string,
  sharedeventid string,
  vpcendpointid string,
  vpcendpointaccountid string,
  eventcategory string,
  addendum struct<reason:string, updatedfields:string, originalrequestid:string, originaleventid:string>,
  sessioncredentialfromconsole string,
  edgedevicedetails string,
  tlsdetails struct<tlsversion:string, ciphersuite:string, clientprovidedhostheader:string>`,
    reader: `row format serde 'org.apache.hive.hcatalog.data.JsonSerDe'
stored as inputformat 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
outputformat 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'`,
  },
};

/**
 * `location` is where the history's files go, ending in a slash: `s3://bucket/podtrail/`. Making its tables without one throws
 * ParameterError.
 */
export function athenaDdl(location: string | null): Ddl {
  const placed = () => {
    if (location !== null && /^s3:\/\/[^'"`\s]+\/$/.test(location)) return location;
    throw new ParameterError(
      location === null
        ? "where do the history's files go? give --location s3://bucket/podtrail/"
        : `the history's files cannot go to ${location}: write it as s3://bucket/podtrail/`,
    );
  };
  return {
    createSchema: (name) => `create database if not exists ${name}`,
    dropSchema: (name) => `drop database if exists ${name}`,
    createTableAs: (name, sql) =>
      `create table ${name} with (format = 'PARQUET', write_compression = 'ZSTD') as ${sql}`,
    createLogFileTable: (layout) => `create external table if not exists ${layout.table} (
${LOG_FILE_FORMS[layout.rowPer].columns}
)
partitioned by (account string, region string, day string)
${LOG_FILE_FORMS[layout.rowPer].reader}
location '${layout.root}AWSLogs/'
tblproperties (
  'projection.enabled' = 'true',
  'projection.account.type' = 'enum',
  'projection.account.values' = '${layout.accounts.join(',')}',
  'projection.region.type' = 'enum',
  'projection.region.values' = '${layout.regions.join(',')}',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '${layout.firstDay.replaceAll('-', '/')},NOW+1DAY',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = '${locationTemplate(layout)}'
)`,
    createHistoryTable: (schema, table) => `create table if not exists ${schema}.${table.name} (
${columnLines(table)}
)
partitioned by (${table.per}(${table.time}))
location '${placed()}${table.name}/'
tblproperties ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'zstd')`,
    compact: (schema, table, since) =>
      `optimize ${schema}.${table.name} rewrite data using bin_pack where ${table.time} >= timestamp '${since}'`,
    expire: (schema, table) => `vacuum ${schema}.${table.name}`,
  };
}

function columnLines({ columns }: HistoryTable): string {
  return Object.entries(columns)
    .map(([name, type]) => `  ${name} ${TYPES[type]}`)
    .join(',\n');
}
