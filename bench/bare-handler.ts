// A function that imports what watch-assumptions imports of the SDK, and does nothing: what that one is measured against.
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const clients = [new DynamoDBClient(), new CloudWatchClient(), new SNSClient()];
const commands = [
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  PutMetricDataCommand,
  PublishCommand,
  UpdateItemCommand,
];

export const handler = async () => ({ clients: clients.length, commands: commands.length });
