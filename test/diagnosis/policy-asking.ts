// Requests of tokens and pods, and what a policy says to them: what the tests of patches share.
import { Effort } from '../../src/diagnosis/policy/effort.ts';
import { evaluate } from '../../src/diagnosis/policy/evaluate.ts';
import { type Explanation, explain } from '../../src/diagnosis/policy/explain.ts';
import { parseRequest } from '../../src/diagnosis/policy/request.ts';
import { readTrustPolicy } from '../../src/diagnosis/policy/trust-policy.ts';
import { ISSUERS, PROVIDERS } from './policy-arbitraries.ts';

export const [ISSUER, OTHER_ISSUER] = ISSUERS;
export const [PROVIDER = '', OTHER_PROVIDER = ''] = PROVIDERS;
export const SUB = `${ISSUER}:sub`;
export const AUD = `${ISSUER}:aud`;
export const STS = 'sts.amazonaws.com';
export const subject = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`;
export const API = subject('payments', 'api');
export const WEB = subject('payments', 'web');

export const token = (sub = API, aud = STS, issuer: string = ISSUER) => ({
  action: 'sts:AssumeRoleWithWebIdentity' as string | string[],
  principal: { type: 'Federated', value: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
  context: { [`${issuer}:sub`]: sub, [`${issuer}:aud`]: aud } as Record<string, unknown>,
});

export const pod = (serviceAccount = 'api', namespace = 'payments', cluster = 'prod') => ({
  action: ['sts:AssumeRole', 'sts:TagSession'],
  principal: { type: 'Service', value: 'pods.eks.amazonaws.com' },
  context: {
    'aws:RequestTag/eks-cluster-arn': `arn:aws:eks:us-west-2:111122223333:cluster/${cluster}`,
    'aws:RequestTag/kubernetes-namespace': namespace,
    'aws:RequestTag/kubernetes-service-account': serviceAccount,
  },
});

export type Made = {
  action: string | string[];
  principal: { type: string; value: string };
  context: Record<string, unknown>;
};

export const ask = (document: unknown, request: Made): Explanation =>
  explain(readTrustPolicy(JSON.stringify(document)), parseRequest(JSON.stringify(request)));

/** The decision alone, without looking for a patch. */
export const decide = (document: unknown, request: Made) =>
  evaluate(
    readTrustPolicy(JSON.stringify(document)).policy,
    parseRequest(JSON.stringify(request)),
    new Effort(),
  ).decision;

export const trusting = (conditions: object, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: conditions,
  ...more,
});
export const list = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });
