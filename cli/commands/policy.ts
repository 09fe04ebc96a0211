// podtrail policy explain: says whether a trust policy admits a request, why, and what would have to change.
import { Command, Option } from 'commander';
import { readSmallFile } from '../../src/adapters/read-small-text.ts';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { explain } from '../../src/diagnosis/policy/explain.ts';
import { parseRequest, type TrustRequest } from '../../src/diagnosis/policy/request.ts';
import {
  type Owner,
  ownerOfProviders,
  partitionOf,
  podIdentityRequest,
  tokenRequest,
} from '../../src/diagnosis/policy/token-request.ts';
import { readTrustPolicy, type TrustPolicy } from '../../src/diagnosis/policy/trust-policy.ts';
import { escapeJson } from '../../src/report/escape.ts';
import { trustPolicyText } from '../../src/report/trust-policy-text.ts';
import type { CommandDefinition } from '../command.ts';
import { type Io, say } from '../io.ts';

interface ExplainFlags {
  request?: string;
  subject?: string;
  issuer?: string;
  audience?: string;
  account?: string;
  podIdentity?: string;
  cluster?: string;
  format: 'text' | 'json';
}

const EXAMPLES = `
Examples:
  podtrail policy explain role.json --subject system:serviceaccount:payments:api \\
    --issuer oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE --audience sts.amazonaws.com
  podtrail policy explain role.json --pod-identity payments/api --cluster arn:aws:eks:us-west-2:111122223333:cluster/prod
  aws iam get-role --role-name app | podtrail policy explain - --request request.json --format json

request.json is {"action": "sts:AssumeRole" or a list, "principal": {"type": "Federated", "AWS" or "Service", "value": "..."},
"context": {"key": "value" or a list}}; a key that it lacks is absent from the request.

Exit codes: 0 allowed, 4 denied or unknown, 1 failed, 2 usage.`;

export const policy: CommandDefinition = (program, io, finish) => {
  const group = program
    .command('policy')
    .summary("explain a role's trust policy")
    .description("Explains a role's trust policy.");
  const command = new Command('explain')
    .copyInheritedSettings(program)
    .summary('say whether a trust policy admits a request, and why')
    .description(
      'Says whether a trust policy admits a request, which statement decides, what fails first in each of the others, where the ' +
        'policy admits too much, and the smallest change that would admit this request. It does not call AWS.',
    )
    .argument(
      '<policy>',
      'the trust policy or the output of "aws iam get-role": a file, or - for standard input',
    )
    .addOption(
      new Option('--request <file>', 'the request, as JSON, or - for standard input').conflicts([
        'subject',
        'podIdentity',
      ]),
    )
    .addOption(
      new Option(
        '--subject <sub>',
        "the token's subject: system:serviceaccount:<namespace>:<name>",
      ).conflicts('podIdentity'),
    )
    .option('--issuer <url>', "the cluster's OIDC issuer, for --subject")
    .option('--audience <aud>', "the token's audience, for --subject (default: sts.amazonaws.com)")
    .option('--account <id>', "the role's account, for --subject (default: that of the policy's providers)")
    .option(
      '--pod-identity <namespace/name>',
      'the ServiceAccount of a Pod Identity association, instead of --subject',
    )
    .option('--cluster <arn>', "the association's EKS cluster, for --pod-identity")
    .addOption(
      new Option('-f, --format <format>', 'how to print the answer')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: ExplainFlags) => finish(await runExplain(path, flags, io)));
  group.addCommand(command);
};

async function runExplain(path: string, flags: ExplainFlags, io: Io): Promise<number> {
  checkFlags(path, flags);
  const trustPolicy = await readSmallFile(path, io.stdin, readTrustPolicy);
  const request = await requestOf(trustPolicy, flags, io);
  const explanation = explain(trustPolicy, request);
  const text =
    flags.format === 'json'
      ? `${escapeJson(JSON.stringify(explanation, null, 2))}\n`
      : trustPolicyText(explanation, request);
  io.stdout.write(text);
  return explanation.decision === 'allowed' ? 0 : 4;
}

/** Flags that belong to a request that is not asked for would be ignored silently. */
function checkFlags(
  path: string,
  { request, subject, issuer, audience, account, podIdentity, cluster }: ExplainFlags,
): void {
  if (request === undefined && subject === undefined && podIdentity === undefined)
    throw new ParameterError(
      'no request: give --request, or --subject with --issuer, or --pod-identity with --cluster',
    );
  if (subject === undefined && [issuer, audience, account].some((flag) => flag !== undefined))
    throw new ParameterError('--issuer, --audience and --account belong to --subject');
  if (podIdentity === undefined && cluster !== undefined)
    throw new ParameterError('--cluster belongs to --pod-identity');
  if (path === '-' && request === '-')
    throw new ParameterError('only one of the policy and --request can read standard input (-)');
}

async function requestOf(trustPolicy: TrustPolicy, flags: ExplainFlags, io: Io): Promise<TrustRequest> {
  if (flags.request !== undefined) return readSmallFile(flags.request, io.stdin, parseRequest);
  return flags.subject === undefined ? ofPodIdentity(flags) : ofToken(trustPolicy, flags.subject, flags, io);
}

function ofPodIdentity({ podIdentity = '', cluster = '' }: ExplainFlags): TrustRequest {
  const [, namespace = '', serviceAccount = ''] = /^([^/]+)\/([^/]+)$/.exec(podIdentity) ?? [];
  if (namespace === '')
    throw new ParameterError('--pod-identity takes a namespace and a ServiceAccount: payments/api');
  if (!/^arn:[^:]+:eks:[^:]+:\d{12}:cluster\/[^/]+$/.test(cluster))
    throw new ParameterError(
      '--pod-identity needs --cluster, such as arn:aws:eks:us-west-2:111122223333:cluster/prod',
    );
  return podIdentityRequest({ namespace, serviceAccount, cluster });
}

function ofToken(trustPolicy: TrustPolicy, subject: string, flags: ExplainFlags, io: Io): TrustRequest {
  const { issuer, audience = 'sts.amazonaws.com' } = flags;
  if (issuer === undefined) throw new ParameterError("--subject needs --issuer, the cluster's OIDC issuer");
  if (flags.account !== undefined && !/^\d{12}$/.test(flags.account))
    throw new ParameterError('--account takes an account id of twelve digits');
  const owner = roleOwner(trustPolicy, issuer, flags.account, io);
  return tokenRequest({ subject, issuer, audience, owner });
}

/** `account` is the one that was given, and goes before what the policy says. */
function roleOwner(
  { policy: parsed, owner }: TrustPolicy,
  issuer: string,
  account: string | undefined,
  io: Io,
): Owner {
  const found = owner ?? ownerOfProviders(parsed, issuer);
  if (account !== undefined) return { partition: found?.partition ?? partitionOf(issuer), account };
  if (found === null) throw new ParameterError("the policy does not name the role's account: give --account");
  say(
    io,
    `podtrail: took the account ${found.account} from ${owner === null ? "the policy's providers" : "the role's ARN"}`,
  );
  return found;
}
