// Writes the page of questions: what each takes, what it answers and what it cannot tell.
import type { QueryParam, Question } from './query-file.ts';

/** A row of an answer, as it stands in JSON, and the arguments that gave it. */
export interface Sample {
  readonly argv: readonly string[];
  readonly row: Readonly<Record<string, unknown>>;
}

/** The text of docs/questions.md, the same for the same files; a question shows the sample of its name. */
export function questionsMarkdown(
  questions: readonly Question[],
  samples: Readonly<Record<string, Sample>> = {},
): string {
  const sorted = [...questions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const blocks = [
    '<!-- Generated from queries/questions; edit those files instead. -->',
    '# Questions',
    sorted.map(({ name, question }) => `- [${name}](#${name}): ${escaped(question)}`).join('\n'),
    ...sorted.flatMap((question) => section(question, samples[question.name] ?? null)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const COMMAND = 'podtrail ask';

function section(question: Question, sample: Sample | null): string[] {
  const { name, params, columns, examples } = question;
  return [
    `## ${name}`,
    escaped(question.question),
    fenced(examples.map((example) => `${COMMAND} ${name} ${example}`)),
    table(
      ['parameter', 'type', 'value', 'meaning'],
      params.map((param) => [`\`${param.name}\``, param.type, need(param), escaped(param.description)]),
    ),
    `Answers with ${escaped(question.grain)}${sample === null ? '' : `; here the first that \`${[COMMAND, name, ...sample.argv].join(' ')}\` has of podtrail's test corpus`}:`,
    table(
      ['column', 'type', 'meaning', ...(sample === null ? [] : ['sample'])],
      columns.map((column) => [
        `\`${column.name}\``,
        column.type,
        escaped(column.description),
        ...(sample === null ? [] : [sampleText(sample.row[column.name])]),
      ]),
    ),
    question.reading.map(escaped).join(' '),
    list('What it cannot tell:', question.limits.map(escaped)),
    `Engines: ${question.engines.join(', ')}.`,
    list(
      'Sources:',
      question.refs.map((ref) => `<${ref}>`),
    ),
  ];
}

/** As code, since the value is nobody's markup. */
function sampleText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}

function need({ need, defaultText }: QueryParam): string {
  return defaultText === null ? need : `default \`${defaultText}\``;
}

function fenced(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ['```sh', ...lines, '```'].join('\n');
}

function table(head: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : [title, '', ...items.map((item) => `- ${item}`)].join('\n');
}

/** The files write `code` in backticks on purpose; only what would break a table or read as HTML is escaped. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
