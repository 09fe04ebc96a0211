// A diagnosis as text for people: the cause and how sure it is, what shows it, what to run. Everything quoted is escaped.
import type { Report } from '../diagnosis/report.ts';
import { escapeForTerminal, escapeJson } from './escape.ts';

/** Lines that end with a newline each. */
export function diagnosisText(report: Report): string {
  const { affected, mitigation, actions, escalation, open_questions: open, sources } = report;
  const lines = [
    `${report.severity}  ${escapeForTerminal(report.root_cause)}`,
    `  ${report.certainty} (${report.id}); read: ${sources.used.join(', ') || 'nothing'}`,
    ...(affected.workloads.length === 0
      ? []
      : labelled('workload', affected.workloads.map(escapeForTerminal), ALL)),
    ...labelled('failing', failing(affected), ALL),
    ...section(
      'Evidence',
      report.evidence.map(({ type, content }) => `${type}: ${escapeForTerminal(content)}`),
    ),
    ...section('What to do', [`now: ${mitigation.immediate}`, `then: ${mitigation.long_term}`]),
    ...section(
      'Commands (podtrail runs none of them)',
      actions.flatMap(({ command, safety, needs }) => [
        escapeForTerminal(command),
        `  ${safety}${needs === 'nobody' ? ', only reads' : `, needs ${needs}`}`,
      ]),
    ),
    ...(report.patch === null
      ? []
      : [
          '',
          'patched-policy.json, which also admits this workload',
          escapeJson(JSON.stringify(report.patched_policy, null, 2)),
        ]),
    ...(report.added_policy === null
      ? []
      : [
          '',
          'statement.json, which allows this call and nothing more',
          escapeJson(JSON.stringify(report.added_policy, null, 2)),
        ]),
    ...(escalation === null ? [] : section('Tell', escalation.split('; ').map(escapeForTerminal))),
    ...section('Open', open.map(escapeForTerminal)),
    '',
    `Not read: ${sources.not_used.join(', ') || 'nothing'}`,
  ];
  return `${lines.join('\n')}\n`;
}

const ALL = 20;

function labelled(label: string, values: readonly string[], most: number): string[] {
  const shown = values
    .slice(0, most)
    .map((value, index) => `  ${(index === 0 ? label : '').padEnd(9)} ${value}`);
  return values.length > most ? [...shown, `            and ${values.length - most} more`] : shown;
}

function failing({ since, failures, last_success: last }: Report['affected']): string[] {
  const parts = [
    failures === null ? null : `${failures} ${failures === 1 ? 'time' : 'times'}`,
    since === null ? null : `since ${since}`,
    last === null ? null : `last session at ${last}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? [] : [parts.join(', ')];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
