// Checks the stack's parameters while it is packaged: what cannot be meant makes a stack that watches nothing.

/** @param {{resolveVariable: (name: string) => Promise<string>}} osls */
module.exports = async function parameters({ resolveVariable }) {
  const of = async (name) => String(await resolveVariable(`param:${name}`));
  const [path, logBucket, history, clusters, namespaces, workloads] = await Promise.all(
    ['path', 'logBucket', 'history', 'clusters', 'namedNamespaces', 'namedWorkloads'].map(of),
  );
  const refuse = (why) => {
    throw new Error(`--param ${why} (docs/deploy.md)`);
  };
  if (!['events', 'files'].includes(path)) refuse(`path is events or files, not "${path}"`);
  if (!['yes', 'no'].includes(history)) refuse(`history is yes or no, not "${history}"`);
  if ((path === 'files' || history === 'yes') && logBucket === 'none')
    refuse('logBucket is needed: the bucket that the trail delivers to');
  for (const [name, form, said] of FORMS) {
    const value = await of(name);
    if (value !== 'none' && !form.test(value)) refuse(`${name} is ${said}, not "${value}"`);
  }
  if (clusters !== '' && !isClusters(clusters))
    refuse('clusters is JSON: {"<issuer\'s host and path>": {"id": "<cluster ARN>", "name": "<cluster>"}}');
  const other = (list, form) => list.split(',').find((one) => one.trim() !== '' && !form.test(one));
  const notNamespace = other(namespaces, IS_NAMESPACE);
  if (notNamespace !== undefined)
    refuse(`namedNamespaces is cluster/namespace, with commas, not "${notNamespace}"`);
  const notWorkload = other(workloads, IS_WORKLOAD);
  if (notWorkload !== undefined)
    refuse(`namedWorkloads is cluster/namespace/service-account, with commas, not "${notWorkload}"`);
  if (workloads.split(',').some((one) => one.trim().startsWith('other/')))
    refuse('namedWorkloads names no cluster "other", which stands for all that are not named');
  if (Number(await of('unnamedPercent')) > 99) refuse('unnamedPercent is 99 at most');
  for (const name of ['workloadSessions', 'unnamedPercent', 'historyBehindHours']) {
    const limit = await of(name);
    if (!/^\d{1,9}$/.test(limit)) refuse(`${name} is a whole number, not "${limit}"`);
  }
  const hours = Number(await of('historyBehindHours'));
  if (hours < 2 || hours > MOST_HOURS)
    refuse(
      `historyBehindHours is from 2 to ${MOST_HOURS}, since CloudWatch looks back no further, not "${hours}"`,
    );
  return { path, history };
};

/** A permission on an alias of a key permits nothing: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html */
const FORMS = [
  ['logBucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name alone"],
  ['logTopicArn', /^arn:[^:]+:sns:[^:]+:\d{12}:[^:]+$/, "an SNS topic's ARN"],
  ['logKeyArn', /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[^/]+$/, 'the ARN of a key itself, arn:…:key/…'],
  ['trailArn', /^arn:[^:]+:cloudtrail:[^:]+:\d{12}:trail\/[^/]+$/, "a trail's ARN"],
];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MOST_HOURS = 7 * 24;

/** A cluster that is named by its issuer has slashes of its own. */
const IS_NAMESPACE = /^[^,]+\/[^/,]+$/;
const IS_WORKLOAD = /^[^,]+\/[^/,]+\/[^/,]+$/;

function isClusters(text) {
  try {
    const clusters = JSON.parse(text);
    const named = ({ id, name }) => typeof id === 'string' && typeof name === 'string';
    return !Array.isArray(clusters) && Object.values(clusters).every(named);
  } catch {
    return false;
  }
}
