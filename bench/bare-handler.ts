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
import { GetRoleCommand, IAMClient, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam';

const clients = [new DynamoDBClient(), new CloudWatchClient(), new IAMClient()];
const commands = [
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  PutMetricDataCommand,
  GetRoleCommand,
  ListOpenIDConnectProvidersCommand,
  UpdateItemCommand,
];

export const handler = async () => ({ clients: clients.length, commands: commands.length });
