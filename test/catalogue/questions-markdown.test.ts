// The page of questions: complete, sorted, and safe to render.
import { expect, it } from 'vitest';
import { parseQueryFile } from '../../src/catalogue/parse-query-file.ts';
import type { Question } from '../../src/catalogue/query-file.ts';
import { questionsMarkdown } from '../../src/catalogue/questions-markdown.ts';
import { questionText } from './query-text.ts';

function question(name: string, changes: Record<string, string[]> = {}): Question {
  const file = parseQueryFile(
    `questions/${name}.sql`,
    questionText({ id: [`questions/${name}`], ...changes }),
  );
  if (file.kind !== 'question') throw new Error('the test text is no question');
  return file;
}

it('shows each question with what it takes, answers and cannot tell', () => {
  const page = questionsMarkdown([
    question('who-accessed', {
      question: ['Which <b> | workloads?'],
      example: ['--resource pii-exports'],
      limit: ['It knows no pods.'],
      ref: ['https://docs.aws.amazon.com/'],
    }),
  ]);
  expect(page).toBe(`<!-- Generated from queries/questions; edit those files instead. -->

# Questions

- [who-accessed](#who-accessed): Which &lt;b> \\| workloads?

## who-accessed

Which &lt;b> \\| workloads?

\`\`\`sh
podtrail ask who-accessed --resource pii-exports
\`\`\`

| parameter | type | value | meaning |
| --- | --- | --- | --- |
| \`resource\` | text | required | The resource. |
| \`since\` | time | optional | Start of the time range (inclusive). |
| \`limit\` | integer | default \`100\` | How many rows at most. |

Answers with one row per workload:

| column | type | meaning |
| --- | --- | --- |
| \`workload_namespace\` | text | The namespace. |
| \`calls\` | integer | How many calls. |

One workload a row.

What it cannot tell:

- It knows no pods.

Engines: duckdb, athena, trino.

Sources:

- <https://docs.aws.amazon.com/>
`);
});

it('does not depend on the order of the files', () => {
  const [a, b] = [question('a'), question('b')];
  expect(questionsMarkdown([b, a])).toBe(questionsMarkdown([a, b]));
  expect(questionsMarkdown([b, a])).toMatch(/- \[a\].*\n- \[b\]/);
});

it('shows a sample as code, whatever it holds', () => {
  const one = question('who-accessed');
  const page = questionsMarkdown([one], {
    'who-accessed': { argv: ['--resource', 'x'], row: { workload_namespace: 'a|`<b>', calls: 3 } },
  });
  expect(page).toContain(
    "here the first that `podtrail ask who-accessed --resource x` has of podtrail's test corpus",
  );
  expect(page).toContain("| `workload_namespace` | text | The namespace. | `a\\|'<b>` |");
  expect(page).toContain('| `calls` | integer | How many calls. | `3` |');
});
