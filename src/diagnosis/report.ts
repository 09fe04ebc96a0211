// A diagnosis as it is reported: the cause, how sure it is, whom it affects, what to do, and what stays open.
import type { Workload } from '../identity/workload.ts';
import type { Case } from './case.ts';
import type { Action, Certainty, Evidence } from './cause.ts';
import { denialOf } from './causes/permissions.ts';
import { commandFor } from './command.ts';
import type { Change, Facts } from './facts.ts';
import type { Diagnosis, Found } from './judge.ts';
import type { PatchOperation } from './policy/apply-patch.ts';
import { explain } from './policy/explain.ts';
import { type Severity, severityOf } from './severity.ts';

/** The names are those of the report that people and programs get; times are ISO 8601, UTC. */
export interface Report {
  /** Of the catalogue; `unexplained` where nothing of it fits. */
  readonly id: string;
  readonly root_cause: string;
  readonly evidence: readonly Evidence[];
  readonly certainty: Certainty;
  readonly severity: Severity;
  readonly affected: {
    readonly workloads: readonly string[];
    readonly since: string | null;
    readonly failures: number | null;
    readonly last_success: string | null;
  };
  readonly mitigation: { readonly immediate: string; readonly long_term: string };
  readonly actions: readonly Action[];
  readonly escalation: string | null;
  readonly open_questions: readonly string[];
  /** The smallest change of the trust policy that lets the workload in and nobody else, as a JSON patch; null where there is none. */
  readonly patch: readonly PatchOperation[] | null;
  /** The whole trust policy with it. */
  readonly patched_policy: unknown;
  /** The policy that allows a denied call and nothing more, where a policy of the role is what lacks; else null. */
  readonly added_policy: unknown;
  readonly sources: { readonly used: readonly string[]; readonly not_used: readonly string[] };
}

/** What is printed and published of a diagnosis, its commands filled with the failure's names. */
export function reportOf(diagnosis: Diagnosis): Report {
  const { about, found } = diagnosis;
  const [first, ...others] = found;
  const fill = (text: string) => commandFor(text, about);
  const isOfPolicy = first?.cause.actions.some(({ command }) => /patched-policy/.test(command)) === true;
  const { patch = null, patched = null } =
    isOfPolicy && about.trust !== null ? explain(about.trust.policy, about.trust.request) : {};
  const files: Files = {
    'patched-policy.json': patched,
    'statement.json': first === undefined ? null : addedPolicy(about, first),
  };
  return {
    id: first?.cause.id ?? 'unexplained',
    root_cause: first === undefined ? UNEXPLAINED : rootCause(first),
    evidence: distinct([...(first?.evidence ?? said(about.lines)), ...history(about)]),
    certainty: first?.certainty ?? 'possible',
    severity: severityOf(about),
    affected: affectedBy(about),
    mitigation: {
      immediate:
        first?.cause.immediate ?? 'Read what the client says in full, and look at the open questions.',
      long_term: first?.cause.longTerm ?? 'Report it to podtrail, so that the catalogue covers it.',
    },
    actions: first === undefined ? [] : actionsOf(first, fill, files),
    escalation: escalationOf(about, first),
    open_questions: openQuestions(diagnosis, others, fill),
    patch,
    patched_policy: files['patched-policy.json'],
    added_policy: files['statement.json'],
    sources: sourcesOf(about),
  };
}

/** The title, and what it is in this case where that says more. */
function rootCause({ cause, detail }: Found): string {
  const title = lowerFirst(cause.title);
  return `${cause.root} — ${detail === '' ? title : `${title}: ${detail}`}`;
}

function distinct(all: readonly Evidence[]): Evidence[] {
  return all.filter((one, index) => all.findIndex(({ content }) => content === one.content) === index);
}

const UNEXPLAINED = 'unknown — no cause in the catalogue fits what is known';

function said(lines: readonly string[]): Evidence[] {
  return lines.slice(0, 3).map((line) => ({ type: 'credential_finding', content: line.slice(0, 500) }));
}

/** What was changed before it began, as the trail tells it: never a cause by itself. */
function history({ trail, audit = [] }: Facts): Evidence[] {
  const told =
    (type: Evidence['type']) =>
    ({ at, eventName, by, target }: Change): Evidence => {
      const worked =
        trail !== undefined && trail.lastSuccess !== null && trail.lastSuccess < at && at <= trail.since
          ? `Worked until ${iso(trail.lastSuccess)}; at`
          : 'At';
      return { type, content: `${worked} ${iso(at)} ${eventName} of ${target} was called by ${by}.` };
    };
  return [
    ...(trail?.changes ?? []).slice(0, 3).map(told('trail')),
    ...audit.slice(0, 3).map(told('sa_config')),
  ];
}

/** What commands take from the report, by the name of the file; null where this report has none. */
type Files = Readonly<Record<'patched-policy.json' | 'statement.json', unknown>>;

/** Without the commands for a file that this report does not have. */
function actionsOf({ cause }: Found, fill: (text: string) => string, files: Files): Action[] {
  const lacking = Object.entries(files).flatMap(([name, content]) => (content === null ? [name] : []));
  return cause.actions
    .filter(({ command }) => !lacking.some((name) => command.includes(`file://${name}`)))
    .map((action) => ({ ...action, command: fill(action.command) }));
}

function addedPolicy(about: Case, { cause }: Found): unknown {
  const denial = cause.id === 'denied-by-identity-policy' ? denialOf(about) : null;
  if (denial === null || denial.action === null) return null;
  // Some services name the resource as the caller wrote it, which no policy can.
  if (denial.resource !== '*' && denial.resource?.startsWith('arn:') !== true) return null;
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: denial.action, Resource: denial.resource }],
  };
}

function affectedBy({ attempt, trail }: Facts): Report['affected'] {
  const { namespace, serviceAccount, clusterName, issuer } = attempt;
  const own =
    namespace === undefined || serviceAccount === undefined
      ? []
      : [named({ namespace, serviceAccount, cluster: clusterName ?? issuer ?? null })];
  const others = (trail?.alsoFailing ?? []).map(named).filter((name) => !own.includes(name));
  const fails = trail !== undefined && trail.failures > 0;
  return {
    workloads: [...own, ...others],
    since: fails ? iso(trail.since) : attempt.at === undefined ? null : iso(attempt.at),
    failures: trail?.failures ?? null,
    last_success: trail === undefined || trail.lastSuccess === null ? null : iso(trail.lastSuccess),
  };
}

function named({
  namespace,
  serviceAccount,
  cluster,
}: Pick<Workload, 'namespace' | 'serviceAccount' | 'cluster'>): string {
  return `${namespace}/${serviceAccount}${cluster === null ? '' : ` on ${cluster}`}`;
}

function escalationOf(about: Facts, first: Found | undefined): string | null {
  const reasons: string[] = [];
  const others = about.trail?.alsoFailing.length ?? 0;
  if (others > 0) reasons.push(`the owners of ${others + 1} workloads: they share one cause`);
  if (first !== undefined && /cluster|nodes|webhook/.test(first.cause.who))
    reasons.push(`${first.cause.who}: it takes an administrator of the cluster`);
  if (first?.cause.actions.some(({ safety }) => safety === 'RED') === true)
    reasons.push('the security team: the fix changes who may do what');
  if (first !== undefined && /organization|account/.test(first.cause.who))
    reasons.push(`${first.cause.who}: it is beyond the role's owner`);
  return reasons.length === 0 ? null : reasons.join('; ');
}

function openQuestions(
  { about, found }: Diagnosis,
  others: readonly Found[],
  fill: (text: string) => string,
): string[] {
  const [first] = found;
  const open: string[] = [];
  if (first !== undefined && first.certainty !== 'proven') open.push(`Is it so? ${fill(first.cause.tell)}`);
  for (const { cause, detail, certainty } of others)
    open.push(
      `Or is it ${cause.id} (${certainty}: ${detail || lowerFirst(cause.title)})? ${fill(cause.tell)}`,
    );
  if (about.trustFault !== null) open.push(`The trust policy could not be evaluated: ${about.trustFault}.`);
  if (about.trust?.answer.decision === 'unknown')
    open.push('Does the trust policy allow it? What is known does not decide.');
  if (about.trust?.isAudienceAssumed === true)
    open.push('Is the token for sts.amazonaws.com? This is assumed.');
  for (const { what, why } of [...(about.aws?.unread ?? []), ...(about.cluster?.unread ?? [])])
    open.push(`Could not be read: ${what} (${why}).`);
  if (about.trail === undefined)
    open.push('Since when, how often, and who else? The logs were not read (--store).');
  return open;
}

function sourcesOf({ trail, aws, cluster, said: lines, attempt, audit }: Facts): Report['sources'] {
  const all: readonly (readonly [string, boolean])[] = [
    ['what the client said', (lines?.length ?? 0) > 0],
    ['the record', attempt.at !== undefined],
    ['the logs', trail !== undefined],
    ['the trust policy', aws?.role !== undefined && aws.role !== null],
    ['AWS', aws?.accountId !== undefined],
    ['the cluster', cluster !== undefined],
    ['the audit log', audit !== undefined],
  ];
  return {
    used: all.flatMap(([name, isUsed]) => (isUsed ? [name] : [])),
    not_used: all.flatMap(([name, isUsed]) => (isUsed ? [] : [name])),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(/[.]000Z$/, 'Z');
}

/** A title as it stands within a sentence; names keep their capitals. */
function lowerFirst(title: string): string {
  const isName = !/^[A-Z]([a-z]+)? /.test(title) || /^(StringEquals|Kubernetes) /.test(title);
  return isName ? title : title.charAt(0).toLowerCase() + title.slice(1);
}
