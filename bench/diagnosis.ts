// npm run bench:diagnosis: how long explaining a trust policy takes, for policies as people write them and for ones made to be slow,
// and judging a failure by the whole catalogue.
import { diagnose } from '../src/diagnosis/diagnose.ts';
import { explain } from '../src/diagnosis/policy/explain.ts';
import { PolicyError } from '../src/diagnosis/policy/policy-error.ts';
import { tokenRequest } from '../src/diagnosis/policy/token-request.ts';
import { readTrustPolicy } from '../src/diagnosis/policy/trust-policy.ts';
import { SaidReader } from '../src/diagnosis/said.ts';
import { median } from './measure.ts';

const ISSUER = 'oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE0D539D4633E53DE1B7';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const SUBJECT = 'system:serviceaccount:payments:api';
const REQUEST = tokenRequest({
  subject: SUBJECT,
  issuer: ISSUER,
  audience: 'sts.amazonaws.com',
  owner: { partition: 'aws', account: '111122223333' },
});

const trusting = (condition: object) => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const subjects = (sub: unknown) =>
  trusting({ StringEquals: { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: 'sts.amazonaws.com' } });
const like = (sub: unknown) => trusting({ StringLike: { [`${ISSUER}:sub`]: sub } });
const many = <T>(length: number, of: (index: number) => T) => Array.from({ length }, (_, index) => of(index));

const TYPICAL: Record<string, string> = {
  'one statement, allowed': policy(subjects(SUBJECT)),
  'one statement, denied, with its patch': policy(subjects('system:serviceaccount:payments:web')),
  'eight statements, denied, with its patch': policy(
    ...many(8, (n) => subjects(`system:serviceaccount:n${n}:api`)),
  ),
};
const HOSTILE: Record<string, string> = {
  'wildcards made to backtrack': policy(like(many(200, () => `${'*a'.repeat(100)}*b`))),
  'thousands of statements': policy(
    ...many(1_000, (n) => ({ Effect: 'Allow', Principal: '*', Action: `a:${n}` })),
  ),
  'thousands of subjects': policy(
    subjects(many(1_200, (n) => `system:serviceaccount:n${n}:service-account-${n}`)),
  ),
  'nested ten thousand deep': `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  'larger than 64 KiB': policy(subjects('x'.repeat(70_000))),
};

function timed(work: () => void, runs: number): number {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    work();
    times.push(performance.now() - begun);
  }
  return median(times);
}

/** Milliseconds, and whether it was refused. */
function explained(text: string, runs: number): string {
  let outcome = '';
  const time = timed(() => {
    try {
      outcome = explain(readTrustPolicy(text), REQUEST).decision;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      outcome = 'refused';
    }
  }, runs);
  return `${time.toFixed(2)} ms (${outcome})`;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
print(`Node ${process.version}, medians.\n\n| policy | explained in |\n|---|---|`);
for (const [name, text] of Object.entries(TYPICAL)) print(`| ${name} | ${explained(text, 200)} |`);
for (const [name, text] of Object.entries(HOSTILE)) print(`| hostile: ${name} | ${explained(text, 9)} |`);
const facts = {
  attempt: {
    mechanism: 'irsa' as const,
    namespace: 'payments',
    serviceAccount: 'api',
    issuer: ISSUER,
    roleArn: 'arn:aws:iam::111122223333:role/payments-api',
    action: 'AssumeRoleWithWebIdentity',
    errorCode: 'AccessDenied',
  },
  aws: {
    role: {
      arn: 'arn:aws:iam::111122223333:role/payments-api',
      trustPolicy: TYPICAL['one statement, denied, with its patch'] ?? '',
    },
    unread: [],
  },
};
print(`\nA failure judged by the whole catalogue: ${timed(() => diagnose(facts), 200).toFixed(2)} ms.`);
const line = '169.254.170.23 serviceaccount/token EC2 IMDS eks-auth.'.repeat(40).slice(0, 2_000);
print(
  `A log line of 2,000 characters made to be slow: ${timed(() => new SaidReader().read(line), 50).toFixed(2)} ms.`,
);
