// The catalogue as a page for people: every question with what it takes, what it answers and what it cannot tell.
import type { QueryParam, Question } from './query-file.ts';

/** The text of docs/questions.md, the same for the same files. `command` is what asks a question by its name. */
export function questionsMarkdown(questions: readonly Question[], command = 'podtrail ask'): string {
  const sorted = [...questions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const blocks = [
    '<!-- Generated from queries/questions; edit those files instead. -->',
    '# Questions',
    sorted.map(({ name, question }) => `- [${name}](#${name}): ${escaped(question)}`).join('\n'),
    ...sorted.flatMap((question) => section(question, command)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function section(question: Question, command: string): string[] {
  const { name, params, columns, examples } = question;
  return [
    `## ${name}`,
    escaped(question.question),
    fenced(examples.map((example) => `${command} ${name} ${example}`)),
    table(
      ['parameter', 'type', 'value', 'meaning'],
      params.map((param) => [`\`${param.name}\``, param.type, need(param), escaped(param.description)]),
    ),
    `Answers with ${escaped(question.grain)}:`,
    table(
      ['column', 'type', 'meaning'],
      columns.map((column) => [`\`${column.name}\``, column.type, escaped(column.description)]),
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
