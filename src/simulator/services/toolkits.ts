// Owns which calls go together: what a kind of application, a node or a person typically calls.

import type { Api } from './api.ts';
import * as messaging from './messaging.ts';
import * as platform from './platform.ts';
import * as secrets from './secrets.ts';
import * as storage from './storage.ts';

const { s3GetObject, s3PutObject, s3ListObjects, s3HeadObject, s3DeleteObject, s3GetBucketLocation } =
  storage;
const { dynamoGetItem, dynamoPutItem, dynamoQuery } = storage;
const { sqsReceiveMessage, sqsSendMessage, snsPublish, kinesisPutRecords, kinesisGetRecords, lambdaInvoke } =
  messaging;
const { kmsDecrypt, getSecretValue, describeSecret, getParameter, getParametersByPath } = secrets;

/** A repeated entry is called more often. */
export const TOOLKITS = {
  service: [
    dynamoGetItem,
    dynamoGetItem,
    dynamoQuery,
    dynamoPutItem,
    getSecretValue,
    snsPublish,
    sqsSendMessage,
  ],
  worker: [
    sqsReceiveMessage,
    sqsReceiveMessage,
    s3GetObject,
    s3PutObject,
    lambdaInvoke,
    getParameter,
    dynamoPutItem,
  ],
  analytics: [
    s3GetObject,
    s3GetObject,
    s3ListObjects,
    s3PutObject,
    s3HeadObject,
    kmsDecrypt,
    kinesisGetRecords,
  ],
  ingest: [
    kinesisPutRecords,
    kinesisPutRecords,
    s3PutObject,
    getParametersByPath,
    messaging.logsCreateStream,
  ],
  backup: [s3PutObject, s3ListObjects, s3DeleteObject, s3GetBucketLocation, platform.describeInstances],
  secrets: [getSecretValue, getSecretValue, getSecretValue, describeSecret, getParameter],
  controller: [
    platform.describeTargetHealth,
    platform.describeInstances,
    platform.setDesiredCapacity,
    platform.listRecordSets,
    platform.getCallerIdentity,
  ],
  node: [
    storage.ecrGetAuthorizationToken,
    storage.ecrBatchGetImage,
    storage.ecrGetDownloadUrl,
    platform.describeNetworkInterfaces,
    platform.describeInstances,
  ],
  person: [
    platform.listRoles,
    platform.describeInstances,
    s3ListObjects,
    s3GetObject,
    messaging.logsDescribeGroups,
    platform.getCallerIdentity,
    platform.updateTrustPolicy,
  ],
  function: [dynamoPutItem, s3GetObject, messaging.logsCreateStream, getParameter, sqsSendMessage],
  deployment: [
    storage.ecrGetAuthorizationToken,
    storage.ecrBatchGetImage,
    s3PutObject,
    platform.getCallerIdentity,
  ],
} as const satisfies Record<string, readonly Api[]>;

export type ToolkitName = keyof typeof TOOLKITS;
