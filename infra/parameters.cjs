// Checks the stack's parameters while it is packaged: what cannot be meant makes a stack that watches nothing.

/** @param {{resolveVariable: (name: string) => Promise<string>}} osls */
module.exports = async function parameters({ resolveVariable }) {
  const of = async (name) => String(await resolveVariable(`param:${name}`));
  const [path, logBucket, history, clusters, workloads] = await Promise.all(
    ['path', 'logBucket', 'history', 'clusters', 'namedWorkloads'].map(of),
  );
  const refuse = (why) => {
    throw new Error(`--param ${why} (docs/deploy.md)`);
  };
  if (!['events', 'files'].includes(path)) refuse(`path is events or files, not "${path}"`);
  if (!['yes', 'no'].includes(history)) refuse(`history is yes or no, not "${history}"`);
  if ((path === 'files' || history === 'yes') && logBucket === 'none')
    refuse('logBucket is needed: the bucket that the trail delivers to');
  if (clusters !== '' && !isClusters(clusters))
    refuse('clusters is JSON: {"<issuer\'s host and path>": {"id": "<cluster ARN>", "name": "<cluster>"}}');
  const notOne = workloads.split(',').find((one) => one.trim() !== '' && !IS_WORKLOAD.test(one));
  if (notOne !== undefined)
    refuse(`namedWorkloads is cluster/namespace/service-account, with commas, not "${notOne}"`);
  if (workloads.split(',').some((one) => one.trim().startsWith('other/')))
    refuse('namedWorkloads names no cluster "other", which stands for all that are not named');
  if (Number(await of('unnamedPercent')) > 99) refuse('unnamedPercent is 99 at most');
  for (const name of ['workloadSessions', 'unnamedPercent', 'historyBehindHours']) {
    const limit = await of(name);
    if (!/^\d{1,9}$/.test(limit)) refuse(`${name} is a whole number, not "${limit}"`);
  }
  return { path, history };
};

/** A cluster that is named by its issuer has slashes of its own. */
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
