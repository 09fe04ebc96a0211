// What functions are told in their environment.
import { expect, it } from 'vitest';
import { clustersIn } from '../../src/adapters/environment.ts';

it.each([
  'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE',
  'https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE',
  'https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE/',
  'arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE',
])('names the cluster of the issuer %s', (issuer) => {
  const named = { id: 'arn:aws:eks:us-west-2:111122223333:cluster/prod', name: 'prod' };
  expect([...clustersIn({ CLUSTERS: JSON.stringify({ [issuer]: named }) })]).toEqual([
    ['oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE', named],
  ]);
});
