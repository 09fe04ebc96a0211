// Checks every few minutes that STS can verify each cluster's tokens: the issuer from outside, its provider in IAM.
import { IAMClient } from '@aws-sdk/client-iam';
import type { ScheduledHandler } from 'aws-lambda';
import { clustersIn, needed } from '../src/adapters/environment.ts';
import { tellingOf } from '../src/adapters/findings-environment.ts';
import { readIamProvider } from '../src/adapters/iam/read-provider.ts';
import { probeIssuer } from '../src/adapters/oidc/probe.ts';
import { checkIssuers } from '../src/live/issuer-probe.ts';

const ports = tellingOf(process.env);
const clusters = [...clustersIn(process.env)];
const audience = needed(process.env, 'AUDIENCE');
const account = needed(process.env, 'ACCOUNT_ID');
const iam = new IAMClient();

const TIMEOUT_MS = 5_000;

export const handler: ScheduledHandler = async () => {
  const failures: string[] = [];
  const states = await Promise.all(
    clusters.map(async ([issuer, { id, name }]) => {
      const [, partition, owner] = /^arn:([^:]+):eks:[^:]+:(\d{12}):/.exec(id) ?? [];
      const provider =
        owner === account
          ? await readIamProvider(iam, `arn:${partition}:iam::${owner}:oidc-provider/${issuer}`).catch(
              (error) => {
                failures.push(`${name}: IAM: ${(error as Error).message}`);
                return 'unknown' as const;
              },
            )
          : 'unknown';
      const seen = await probeIssuer(issuer, { timeoutMs: TIMEOUT_MS });
      return { issuer, cluster: name, provider, ...seen };
    }),
  );
  const found = await checkIssuers(states, audience, ports, Date.now());
  const faults = found.map(({ cluster, fault, meaning }) => ({ cluster, fault, meaning }));
  process.stdout.write(`${JSON.stringify({ probed: states.length, faults, failures })}\n`);
  if (failures.length > 0) throw new Error(`providers could not be read: ${failures.join('; ')}`);
};
