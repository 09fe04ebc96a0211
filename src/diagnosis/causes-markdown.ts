// Writes the page of causes: what each looks like, what proves it, who must act and what to run.
import type { Cause } from './cause.ts';
import { SEVERITY_RULE } from './severity.ts';

/** The text of docs/causes.md, the same for the same catalogue. */
export function causesMarkdown(causes: readonly Cause[]): string {
  const blocks = [
    '<!-- Generated from src/diagnosis/causes; edit those files instead. -->',
    '# Causes',
    'Every cause that `podtrail diagnose` knows for a pod to lack credentials or access that it should have. A cause is\n' +
      'claimed as `proven`, `likely` or `possible`; if several fit, all are listed with the command that tells them apart.',
    'GREEN only reads, YELLOW changes one workload or adds something, RED changes who may do what and needs the security team. podtrail\n' +
      'prints commands and runs none. Severity:',
    SEVERITY_RULE.map((rule) => `- ${escaped(rule)}`).join('\n'),
    [
      '| cause | root | of | what CloudTrail shows |',
      '|---|---|---|---|',
      ...causes.map(
        ({ id, root, mechanism, title, trail }) =>
          `| [${id}](#${id})<br>${escaped(title)} | ${root} | ${mechanism === 'any' ? 'both' : mechanism} | ${escaped(trail)} |`,
      ),
    ].join('\n'),
    ...causes.flatMap(section),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function section(cause: Cause): string[] {
  const { id, title, prints, proves, suggests, who, immediate, longTerm, actions, tell, links } = cause;
  return [
    `## ${id}`,
    `${escaped(title)}.`,
    ...(prints.length === 0 ? [] : ['Clients print:', fenced(prints)]),
    [
      `- Proves it: ${escaped(proves)}`,
      `- Only suggests it: ${escaped(suggests)}`,
      `- Who must act: ${escaped(who)}`,
      `- Now: ${escaped(immediate)}`,
      `- Then: ${escaped(longTerm)}`,
    ].join('\n'),
    fenced(actions.map(({ command, safety }) => `${command}   # ${safety}`)),
    'Tells it from others:',
    fenced([tell]),
    links.map((link) => `<${link}>`).join('\n'),
  ];
}

function fenced(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[\\`|<>*[\]]|(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\$&');
}
