// The ways in which people name a resource, as records do.
import { expect, it } from 'vitest';
import { resourceWords } from '../../src/catalogue/resource-words.ts';

it.each([
  ['s3://pii-exports', 'pii-exports'],
  ['s3://pii-exports/', 'pii-exports'],
  ['s3://pii-exports/2026/a.json', 'pii-exports/2026/a.json'],
  ['s3://pii-exports/2026/*', 'pii-exports/2026/*'],
  ['https://sqs.us-west-2.amazonaws.com/111122223333/jobs', 'arn:aws:sqs:us-west-2:111122223333:jobs'],
  ['https://sqs.us-west-2.amazonaws.com/111122223333/jobs/', 'arn:aws:sqs:us-west-2:111122223333:jobs'],
  [
    'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/jobs',
    'arn:aws-cn:sqs:cn-north-1:111122223333:jobs',
  ],
  ['https://example.com/page', 'https://example.com/page'],
  ['pii-exports', 'pii-exports'],
  ['pii-exports/2026/', 'pii-exports/2026'],
  ['arn:aws:s3:::pii-exports/a/', 'arn:aws:s3:::pii-exports/a'],
  ['s3://', 's3:/'],
])('%s is %s', (written, meant) => {
  expect(resourceWords(written)).toBe(meant);
});
