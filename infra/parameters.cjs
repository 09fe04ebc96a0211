// Checks the stack's parameters while it is packaged: what cannot be meant makes a stack that watches nothing.

/** @param {{resolveVariable: (name: string) => Promise<string>}} osls */
module.exports = async function parameters({ resolveVariable }) {
  const of = async (name) => String(await resolveVariable(`param:${name}`));
  const [path, logBucket, history, clusters] = await Promise.all(
    ['path', 'logBucket', 'history', 'clusters'].map(of),
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
  return { path, history };
};

function isClusters(text) {
  try {
    const clusters = JSON.parse(text);
    const named = ({ id, name }) => typeof id === 'string' && typeof name === 'string';
    return !Array.isArray(clusters) && Object.values(clusters).every(named);
  } catch {
    return false;
  }
}
