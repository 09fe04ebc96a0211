// The yardstick of a load: DuckDB's own typed read_json of the same log files into a table of a new database file.
import { DuckDBInstance } from '@duckdb/node-api';

/** `userIdentity` as structs; what differs from service to service as JSON. */
const RECORD = `struct(
  eventVersion varchar,
  userIdentity struct("type" varchar, principalId varchar, arn varchar, accountId varchar, accessKeyId varchar,
    userName varchar, invokedBy varchar, identityProvider varchar,
    sessionContext struct(
      sessionIssuer struct("type" varchar, principalId varchar, arn varchar, accountId varchar, userName varchar),
      attributes struct(creationDate varchar, mfaAuthenticated varchar),
      webIdFederationData struct(federatedProvider varchar, attributes json),
      sourceIdentity varchar, ec2RoleDelivery varchar)),
  eventTime timestamp, eventSource varchar, eventName varchar, awsRegion varchar, sourceIPAddress varchar,
  userAgent varchar, errorCode varchar, errorMessage varchar, requestParameters json, responseElements json,
  additionalEventData json, requestID varchar, eventID varchar, readOnly boolean, resources json, eventType varchar,
  managementEvent boolean, recipientAccountId varchar, sharedEventID varchar, eventCategory varchar,
  vpcEndpointId varchar, tlsDetails json)`;

const [folder, store] = process.argv.slice(2);
const instance = await DuckDBInstance.create(store ?? ':memory:');
const connection = await instance.connect();
await connection.run(`create table records as select unnest(Records, max_depth := 2) from read_json(
  '${folder}/**/*.json.gz', maximum_object_size = 268435456, columns = {Records: '${RECORD.replace(/\s+/g, ' ')}[]'})`);
connection.closeSync();
instance.closeSync();
