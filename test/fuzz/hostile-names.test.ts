// Names that a record, a settings file or a folder makes up cost neither the load nor a secret, and reach no terminal.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ISSUER, RECORDS } from '../corpus/cases.ts';
import { at, byCaller, call, idOf, type Json, SECRET_MARK } from '../corpus/parts.ts';
import { rowsFrom } from '../support/rows-from.ts';
import { runMain } from '../support/run-main.ts';
import { type Scratch, scratch } from '../support/scratch.ts';

let files: Scratch;

beforeAll(async () => {
  files = await scratch();
});

afterAll(() => files.remove());

const tagged = (id: string, principalTags: Json): Json =>
  byCaller({
    id,
    session: {
      role: 'arn:aws:iam::111122223333:role/r',
      name: 'n',
      began: at('03:00:00'),
      key: 'ASIAEXAMPLEKEY000001',
    },
    who: { type: 'Root' },
    more: { requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/r', principalTags } },
  });
const sound = call({
  id: 'sound',
  time: at('03:00:01'),
  who: { type: 'Root' },
  service: 'ec2',
  action: 'RunInstances',
});

describe('the key of a tag that EKS does not set', () => {
  it.each([[40], [5_000], [500_000], [3_000_000]])('of %i characters costs nothing', async (length) => {
    const path = await files.log(`tags-${length}.json`, [tagged('odd', { ['k'.repeat(length)]: 5 }), sound]);
    const rows = await rowsFrom(['attribute', path]);
    expect(rows.map(({ event_id }) => event_id).sort()).toEqual([idOf('odd'), idOf('sound')].sort());
  });

  it('is content, which nothing repeats', async () => {
    const path = await files.log('secret.json', [tagged('odd', { [`${SECRET_MARK}-x`]: 5 })]);
    const { code, stdout, stderr } = await runMain([
      'attribute',
      path,
      '--reconciliation',
      files.path('secret.sums'),
    ]);
    expect(code).toBe(0);
    expect(stdout + stderr + (await files.read('secret.sums'))).not.toContain(SECRET_MARK);
  });

  it('that EKS does set has a text, or rejects its record by a name that is not content', async () => {
    const path = await files.log('typed.json', [tagged('typed', { 'kubernetes-namespace': 5 }), sound]);
    const rows = await rowsFrom(['attribute', path, '--reconciliation', files.path('typed.sums')], 3);
    expect(rows.map(({ event_id }) => event_id)).toEqual([idOf('sound')]);
    const [{ reason }] = JSON.parse(await files.read('typed.sums')).rejected_records;
    expect(reason).toBe('requestParameters.principalTags.kubernetes-namespace is not a text');
  });
});

describe('the name of a file', () => {
  it('is shown harmlessly, on one line', async () => {
    await files.write('evil\x1b[2Jname\n.json', 'no json');
    const { code, stderr } = await runMain(['attribute', files.path('evil\x1b[2Jname\n.json')]);
    expect([code, stderr.includes('\x1b')]).toEqual([3, false]);
    expect(stderr.match(/^rejected file: /gm)).toHaveLength(1);
  });
});

describe('a cluster in the settings', () => {
  it.each(['a\nb', 'a\tb', 'a\u0000b'])('named %j is refused, or does no harm', async (name) => {
    const config = await files.write(
      'settings.json',
      JSON.stringify({
        clusters: [
          {
            issuer: ISSUER,
            id: 'arn:aws:eks:us-west-2:111122223333:cluster/a',
            name,
          },
        ],
      }),
    );
    const { stderr } = await runMain([
      'attribute',
      await files.log('corpus.json', RECORDS),
      '--config',
      config,
    ]);
    expect(stderr).not.toMatch(/Bad control character|JSON at position/);
  });
});
