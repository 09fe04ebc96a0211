// docs/findings.md shows a finding as it is published, and names all that are.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaFaults } from '../support/finding-schema.ts';

const text = readFileSync('docs/findings.md', 'utf8');
const [, sample = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? [];

describe('docs/findings.md', () => {
  it('shows a finding that is as the schema says', () => {
    expect(schemaFaults(JSON.parse(sample))).toEqual([]);
    expect(schemaFaults({ ...JSON.parse(sample), count: 0 })).not.toEqual([]);
    expect(schemaFaults({ ...JSON.parse(sample), more: 1 })).not.toEqual([]);
  });

  it('names every kind', () => {
    const schema = readFileSync('docs/finding.schema.json', 'utf8');
    const kinds = Object.values(
      JSON.parse(schema).$defs as Record<
        string,
        { properties?: Record<string, { const?: string; enum?: string[] }> }
      >,
    )
      .map(({ properties }) => properties?.kind)
      .flatMap((kind) => kind?.enum ?? kind?.const ?? []);
    expect(kinds.length).toBe(8);
    for (const kind of kinds) expect(text).toContain(`\`${kind}\``);
  });
});
