// podtrail diagnose: explains why a pod can't get its credentials, or why its call was denied, and the smallest fix.
import { Command, Option } from 'commander';
import { readAuditLogGroup } from '../../src/adapters/account/read-audit-log.ts';
import { hasRecords } from '../../src/adapters/duckdb/ask.ts';
import { readFailures } from '../../src/adapters/duckdb/read-failures.ts';
import { Store } from '../../src/adapters/duckdb/store.ts';
import { withTemporaryStore } from '../../src/adapters/duckdb/temporary-store.ts';
import { readLinesOf } from '../../src/adapters/read-lines.ts';
import { readSmallFile } from '../../src/adapters/read-small-text.ts';
import { readWorkload } from '../../src/adapters/read-workload.ts';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { parseRange } from '../../src/catalogue/times.ts';
import { compact } from '../../src/compact.ts';
import { AuditLogReader } from '../../src/diagnosis/audit-log.ts';
import { diagnose as judge } from '../../src/diagnosis/diagnose.ts';
import type { Attempt, Facts } from '../../src/diagnosis/facts.ts';
import { type GivenPolicy, readGivenPolicy, withPolicy } from '../../src/diagnosis/given-policy.ts';
import { plainIssuer } from '../../src/diagnosis/policy/issuer.ts';
import { type Report, reportOf } from '../../src/diagnosis/report.ts';
import { attemptOf, SaidReader } from '../../src/diagnosis/said.ts';
import { worstFirst } from '../../src/diagnosis/severity.ts';
import { PodtrailError } from '../../src/errors.ts';
import { diagnosisText } from '../../src/report/diagnosis-text.ts';
import { diagnosisYaml } from '../../src/report/diagnosis-yaml.ts';
import { escapeForTerminal, escapeJson } from '../../src/report/escape.ts';
import { tellIncomplete } from '../answer.ts';
import type { CommandDefinition } from '../command.ts';
import { type Io, say, writeAll } from '../io.ts';
import { loadAndTell } from '../load-and-tell.ts';
import {
  configOption,
  endpointOption,
  type SourceFlags,
  sinceOption,
  sourceOptions,
  untilOption,
} from '../options.ts';

interface DiagnoseFlags extends SourceFlags {
  event?: string;
  trustPolicy?: string[];
  store?: string;
  error?: string;
  namespace?: string;
  serviceAccount?: string;
  role?: string;
  issuer?: string;
  cluster?: string;
  auditLog?: string;
  pod?: string;
  kubeconfig?: string;
  context?: string;
  format: 'text' | 'json' | 'yaml';
}

const EXAMPLES = `
Examples:
  podtrail diagnose --event failed.json --trust-policy role.json
  podtrail diagnose --store trail.duckdb --since 24h
  podtrail diagnose ./logs --namespace payments
  podtrail diagnose --cluster prod --namespace payments --service-account api
  podtrail diagnose --cluster prod --namespace payments --service-account api --store trail.duckdb --since 24h
  podtrail diagnose --error "No OpenIDConnect provider found in your account for https://..."
  kubectl logs deploy/api | podtrail diagnose --error -

--event takes a CloudTrail record as it is in a log file, in an EventBridge event, or in the output of "aws cloudtrail lookup-events".
--trust-policy may be repeated for several roles, but then each must be the output of "aws iam get-role".
JSON is a list for --store and log files, else one object. YAML has one document for each failure.

Exit codes: 0 nothing fails, 4 something fails, 1 failed, 2 usage, 3 nothing fails in what could be read, but files or records were rejected.`;

export const diagnose: CommandDefinition = (program, io, finish) => {
  const command = new Command('diagnose')
    .copyInheritedSettings(program)
    .summary("explain why pods can't get credentials")
    .description(
      "Explains why a pod can't get its credentials, or why its call was denied: the cause, what proves it, whom it affects, the " +
        'smallest fix, and whom to ask for it. It only reads: the commands that it prints are yours to run.',
    )
    .argument('[path...]', 'diagnose the failures in these log files, folders or s3:// prefixes')
    .option('--event <file>', 'a CloudTrail record of a failure, or - for standard input')
    .addOption(
      new Option(
        '--trust-policy <file>',
        'the trust policy of the role, or the output of "aws iam get-role"; repeatable',
      ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]),
    )
    .option('--store <file>', 'diagnose the failures in this store')
    .option('--error <text>', 'what a client, pod or agent printed, or - for a whole log on standard input')
    .option('--namespace <name>', 'only this namespace; with --error, the namespace of the pod')
    .option('--service-account <name>', 'only this ServiceAccount; with --error, that of the pod')
    .option('--role <arn>', 'with --error: the role to be assumed, where the error does not name it')
    .option('--issuer <url>', "with --error: the cluster's OIDC issuer, where the error does not name it")
    .option(
      '--cluster <name>',
      "the pod's EKS cluster: reads IAM, EKS and EC2, and with a kubeconfig the cluster's API",
    )
    .option(
      '--audit-log <file>',
      "the cluster's audit log: a file with one event a line, - for standard input, or log-group:/aws/eks/<cluster>/cluster",
    )
    .option('--pod <name>', 'with --cluster: a pod to look at, whatever its ServiceAccount')
    .option('--region <name>', "with --cluster: the cluster's region; with s3:// paths: the bucket's")
    .option('--kubeconfig <file>', "with --cluster: kubeconfig to use (default: kubectl's)")
    .option('--context <name>', 'with --cluster: context of the kubeconfig (default: the current one)')
    .addOption(sinceOption())
    .addOption(untilOption())
    .addOption(
      new Option('-f, --format <format>', 'how to print the answer')
        .choices(['text', 'yaml', 'json'])
        .default('text'),
    )
    .addOption(endpointOption())
    .addOption(configOption())
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: DiagnoseFlags) => finish(await run(paths, flags, io)));
  program.addCommand(command);
};

async function run(paths: string[], flags: DiagnoseFlags, io: Io): Promise<number> {
  checkFlags(paths, flags);
  const policies: GivenPolicy[] = [];
  for (const path of flags.trustPolicy ?? [])
    policies.push(await readSmallFile(path, io.stdin, readGivenPolicy));
  const read = await failuresOf(paths, flags, io);
  const asked = read.failures.map((facts) => withPolicy(facts, policies));
  const failures = await withAuditLog(await withWorkload(asked, flags), flags, io);
  const reports = failures
    .map((facts) => judge(facts))
    .filter(({ isFailing }) => isFailing)
    .map(reportOf)
    .sort(worstFirst);
  await writeAll(io, printed(reports, read.isOne && reports.length <= 1, flags.format));
  if (read.left > 0)
    say(
      io,
      `podtrail: ${read.left} more failing workloads, with fewer failures each, were not diagnosed: narrow the time range or give --namespace`,
    );
  if (reports.length > 0) return 4;
  const unread = failures.flatMap(({ aws, cluster }) => [...(aws?.unread ?? []), ...(cluster?.unread ?? [])]);
  for (const { what, why } of unread)
    say(io, `podtrail: could not read ${escapeForTerminal(what)}: ${escapeForTerminal(why)}`);
  if (failures.some(isBlind))
    throw new PodtrailError(
      'nothing-read',
      'neither AWS nor the cluster could be read, so nothing is known about the workload',
    );
  say(io, `podtrail: ${read.nothing}`);
  return unread.length > 0 ? 3 : read.code;
}

/** AWS was asked and told nothing, and neither did the cluster. */
function isBlind({ aws, cluster }: Facts): boolean {
  return (
    aws !== undefined &&
    aws.accountId === undefined &&
    aws.role === undefined &&
    cluster?.serviceAccount === undefined
  );
}

const LOG_GROUP = /^log-group:(.+)$/;

function checkFlags(paths: readonly string[], flags: DiagnoseFlags): void {
  const { event, store, error } = flags;
  const sources = [event !== undefined, store !== undefined, error !== undefined, paths.length > 0].filter(
    Boolean,
  );
  const { cluster, namespace, serviceAccount } = flags;
  if (sources.length === 0 && cluster === undefined)
    throw new ParameterError('nothing to diagnose: give --event, --error, --store, --cluster or log files');
  if (cluster !== undefined && (namespace === undefined || serviceAccount === undefined))
    throw new ParameterError('--cluster needs --namespace and --service-account: the workload to look at');
  if (
    cluster === undefined &&
    [flags.pod, flags.kubeconfig, flags.context].some((flag) => flag !== undefined)
  )
    throw new ParameterError('--pod, --kubeconfig and --context belong to --cluster');
  if (sources.length > 1) throw new ParameterError('give one of --event, --error, --store and paths');
  const inputs = [event, error, flags.auditLog, ...(flags.trustPolicy ?? [])].filter(
    (value) => value === '-',
  );
  if (inputs.length > 1) throw new ParameterError('only one option can read standard input (-)');
  if (error === undefined && (flags.role ?? flags.issuer) !== undefined)
    throw new ParameterError('--role and --issuer belong to --error: a record names its own');
  const reads = event !== undefined || paths.length > 0;
  const asksGroup = LOG_GROUP.test(flags.auditLog ?? '');
  if (!reads && (flags.endpointUrl ?? flags.config) !== undefined)
    throw new ParameterError(
      '--endpoint-url and --config belong to log files: what else is diagnosed needs neither',
    );
  if (!reads && !asksGroup && cluster === undefined && flags.region !== undefined)
    throw new ParameterError(
      '--region belongs to --cluster, to s3:// paths and to an audit log in CloudWatch Logs',
    );
  if (!reads && !asksGroup && store === undefined && (flags.since ?? flags.until) !== undefined)
    throw new ParameterError(
      '--since and --until belong to --store, to log files and to an audit log in CloudWatch Logs',
    );
}

interface FailuresFound {
  failures: readonly Facts[];
  left: number;
  isOne: boolean;
  /** What to say where nothing fails. */
  nothing: string;
  code: number;
}

async function failuresOf(paths: readonly string[], flags: DiagnoseFlags, io: Io): Promise<FailuresFound> {
  if (flags.error !== undefined) return ofError(flags.error, flags, io);
  if (flags.event === undefined && flags.store === undefined && paths.length === 0)
    return { failures: [], left: 0, isOne: true, nothing: HEALTHY, code: 0 };
  if (flags.store !== undefined) {
    const store = await Store.openToRead(flags.store);
    try {
      return { ...(await ofStore(store, flags, io)), isOne: false, code: 0 };
    } finally {
      await store.close();
    }
  }
  const of = flags.event === undefined ? paths : [flags.event];
  return withTemporaryStore(async (store) => {
    const code = await loadAndTell(store, of, sourceOptions(flags, io), io);
    return { ...(await ofStore(store, flags, io)), isOne: flags.event !== undefined, code };
  });
}

async function ofStore(
  store: Store,
  flags: DiagnoseFlags,
  io: Io,
): Promise<Pick<FailuresFound, 'failures' | 'left' | 'nothing'>> {
  const { namespace, serviceAccount } = flags;
  const read = await readFailures(
    store,
    parseRange(flags, io.now()),
    (ofNamespace, ofServiceAccount) =>
      (namespace ?? ofNamespace) === ofNamespace && (serviceAccount ?? ofServiceAccount) === ofServiceAccount,
  );
  tellIncomplete(store, io);
  return { ...read, nothing: (await hasRecords(store)) ? noFailure(flags) : NO_RECORDS };
}

const HEALTHY =
  'found nothing that keeps the workload from its credentials; the logs (--store) or what the pod printed (--error) may show more';
const NO_RECORDS = 'no CloudTrail records were read, so there is nothing to diagnose';

function noFailure({ namespace, serviceAccount }: DiagnoseFlags): string {
  const of = [
    serviceAccount === undefined ? '' : ` with the ServiceAccount ${serviceAccount}`,
    namespace === undefined ? '' : ` in the namespace ${namespace}`,
  ].join('');
  const what = of === '' ? 'no workload failed' : `no failure of a workload${of} was found`;
  return `${what} in these records. A token that STS cannot validate leaves no record: try --error with what the pod printed`;
}

async function ofError(error: string, flags: DiagnoseFlags, io: Io): Promise<FailuresFound> {
  const reader = new SaidReader();
  if (error === '-') await readLinesOf(error, io.stdin, (line) => reader.read(line));
  else for (const line of error.split('\n')) reader.read(line, true);
  const { lines, counts } = reader;
  if (counts.dropped > 0) say(io, `podtrail: ${counts.dropped} more lines with known errors were left out`);
  const attempt: Attempt = {
    ...attemptOf(lines),
    ...compact({
      namespace: flags.namespace,
      serviceAccount: flags.serviceAccount,
      roleArn: flags.role,
      issuer: flags.issuer === undefined ? undefined : plainIssuer(flags.issuer),
    }),
  };
  return {
    failures: [{ attempt, said: lines }],
    left: 0,
    isOne: true,
    nothing: `no known error in ${counts.read} ${counts.read === 1 ? 'line' : 'lines'}: "podtrail diagnose --help" lists what else it can read`,
    code: 0,
  };
}

/** What AWS and the cluster say of the workload, beside each of its failures; alone where it has none. */
async function withWorkload(failures: readonly Facts[], flags: DiagnoseFlags): Promise<readonly Facts[]> {
  const { cluster, namespace, serviceAccount, pod, region, kubeconfig, context } = flags;
  if (cluster === undefined || namespace === undefined || serviceAccount === undefined) return failures;
  const options = {
    cluster,
    namespace,
    serviceAccount,
    ...compact({ pod, region, kubeconfig, context }),
  };
  const [first = { attempt: {} }, ...others] = failures;
  const read = await readWorkload(options, first.attempt);
  return [first, ...others].map((facts) => ({
    ...facts,
    ...read,
    attempt: { ...read.attempt, ...facts.attempt },
    aws: { ...read.aws, ...compact({ role: facts.aws?.role }) },
  }));
}

/** What the audit log has of each failure's ServiceAccount. */
async function withAuditLog(
  failures: readonly Facts[],
  flags: DiagnoseFlags,
  io: Io,
): Promise<readonly Facts[]> {
  const { auditLog } = flags;
  if (auditLog === undefined) return failures;
  const reader = new AuditLogReader();
  const take = (line: string) => reader.read(line);
  const logGroupName = LOG_GROUP.exec(auditLog)?.[1];
  if (logGroupName === undefined) await readLinesOf(auditLog, io.stdin, take);
  else
    await readAuditLogGroup(
      { logGroupName, ...compact({ region: flags.region }), ...dayOr(flags, io) },
      take,
    );
  const { lines, events, unreadable, dropped } = reader.counts;
  say(
    io,
    `audit log: ${lines} lines, ${events} events, ${unreadable} lines unreadable, ${dropped} changes beyond the limit, left out`,
  );
  return failures.map((facts) => ({
    ...facts,
    audit: reader.changesOf(facts.attempt.namespace, facts.attempt.serviceAccount),
  }));
}

const DAY_MS = 86_400_000;

/** The range that was asked, else the last day. */
function dayOr(flags: DiagnoseFlags, io: Io): { since: Date; until: Date } {
  const { since, until = io.now() } = parseRange(flags, io.now());
  return { since: since ?? new Date(until.getTime() - DAY_MS), until };
}

async function* printed(
  reports: readonly Report[],
  isOne: boolean,
  format: DiagnoseFlags['format'],
): AsyncGenerator<string> {
  if (format === 'json') {
    const [first] = reports;
    yield `${escapeJson(JSON.stringify(isOne && first !== undefined ? first : reports, null, 2))}\n`;
    return;
  }
  for (const [index, report] of reports.entries()) {
    if (format === 'yaml') yield diagnosisYaml(report);
    else yield `${index === 0 ? '' : `\n${RULE}\n\n`}${diagnosisText(report)}`;
  }
}

const RULE = '─'.repeat(40);
