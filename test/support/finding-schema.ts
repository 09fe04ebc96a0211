// Holds a finding against the schema that is published for those who receive it.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const valid = new Ajv2020({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('docs/finding.schema.json', 'utf8')),
);

/** What is wrong with it; nothing where it is as it should be. */
export function schemaFaults(finding: unknown): string[] {
  if (valid(finding)) return [];
  return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}
