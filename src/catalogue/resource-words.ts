// Reads the name that a person gives a resource, into the words in which records and questions name it.
import { resourceArns } from '../trail/resources.ts';

/**
 * `s3://bucket/key` as `bucket/key`, and a queue's URL as its ARN; anything else as it is. The scheme and a last `/` are people's
 * own: no record has them.
 */
export function resourceWords(text: string): string {
  const name = text.replace(/^s3:\/\/(?=.)/s, '').replace(/(.)\/$/s, '$1');
  if (!/^https?:\/\//.test(name)) return name;
  const [queue] = resourceArns(null, { queueUrl: name }, OF_QUEUES);
  return queue ?? name;
}

const OF_QUEUES = {
  eventSource: 'sqs.amazonaws.com',
  eventName: '',
  awsRegion: null,
  recipientAccountId: null,
  callerAccountId: null,
};
