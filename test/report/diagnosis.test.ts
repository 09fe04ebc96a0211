// A diagnosis as text and as YAML: everything that it quotes is escaped, and YAML gives back what went in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { reportOf } from '../../src/diagnosis/report.ts';
import { diagnosisText } from '../../src/report/diagnosis-text.ts';
import { diagnosisYaml } from '../../src/report/diagnosis-yaml.ts';

const NAMES = [
  'x\u001b[2J',
  '\u202eabc',
  'a\nb: c',
  '- "quoted"',
  '# no comment',
  '\u0085',
  '--- |',
  "'",
  '%TAG',
  '&a *a',
  '\ud800',
];

const reportFrom = (text: string) =>
  reportOf(
    diagnose({
      attempt: {
        mechanism: 'irsa',
        namespace: text,
        serviceAccount: text,
        roleArn: text,
        action: 'AssumeRoleWithWebIdentity',
        errorCode: 'AccessDenied',
        errorMessage: text,
        at: 0,
      },
      said: [text, `Incorrect token audience ${text}`],
      trail: {
        from: 0,
        until: 1,
        failures: 3,
        since: 0,
        last: 1,
        lastSuccess: null,
        perMinute: 3,
        alsoFailing: Array.from({ length: 30 }, (_, index) => ({
          clusterId: null,
          cluster: null,
          namespace: `${text}${index}`,
          serviceAccount: text,
        })),
        changes: [{ at: 0, eventName: text, by: text, target: text }],
        nodeRole: null,
      },
      aws: { unread: [{ what: text, why: text }] },
    }),
  );

describe('a diagnosis of hostile names', () => {
  it.each(NAMES)('is text that a terminal only shows: %j', (name) => {
    const text = diagnosisText(reportFrom(name));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ud800]/);
    expect(text).toContain('and 11 more');
  });

  it.each(NAMES)('is one YAML document of the same values: %j', (name) => {
    const report = reportFrom(name);
    const text = diagnosisYaml(report);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
    const { contents, errors } = parseDocument(text);
    expect(errors).toEqual([]);
    expect(contents?.toJSON()).toEqual(report);
  });

  it('is so whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (name) => {
        const report = reportFrom(name);
        const { contents } = parseDocument(diagnosisYaml(report));
        expect(contents?.toJSON()).toEqual(report);
      }),
      { numRuns: 200 },
    );
  });
});
