// Diagnoses as YAML documents, one each, in the form of the report. A terminal can show them, whatever the logs held.
import { Document } from 'yaml';
import type { Report } from '../diagnosis/report.ts';
import { escapeJson } from './escape.ts';

/** Each document begins with `---` and ends with a newline. */
export function diagnosisYaml(report: Report): string {
  const text = new Document(report, { aliasDuplicateObjects: false }).toString({
    directives: true,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
  });
  return escapeJson(text);
}
