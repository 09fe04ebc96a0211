// Addresses and ranges as texts that compare as addresses do, and what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuestion } from '../../src/adapters/query-files.ts';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { networkRanges } from '../../src/catalogue/networks.ts';

const read = (text: string) => networkRanges('networks', text);

describe('networkRanges', () => {
  it('fits as many networks into a value of Athena, with its quotes, as its question says', () => {
    const of = (count: number, network: (n: number) => string) =>
      read(Array.from({ length: count }, (_, n) => network(n)).join(',')).length + 2;
    const four = (n: number) => `10.${n}.128.0/17`;
    const six = (n: number) => `2001:db8:${n}::/48`;
    expect([of(36, four) <= 1_024, of(37, four) > 1_024]).toEqual([true, true]);
    expect([of(15, six) <= 1_024, of(16, six) > 1_024]).toEqual([true, true]);
    const { limits } = readQuestion('off-network-use');
    expect(limits.join()).toContain('Athena takes 36 networks, or 15 of IPv6');
  });

  it.each([
    ['203.0.113.7', '4203000113007-4203000113007'],
    ['10.1.2.3/8', '4010000000000-4010255255255'],
    ['0.0.0.0/0', '4000000000000-4255255255255'],
    ['::/0', `6${'0'.repeat(32)}-6${'f'.repeat(32)}`],
    ['2001:DB8::/33', '620010db8000000000000000000000000-620010db87fffffffffffffffffffffff'],
    ['::1', `6${'0'.repeat(31)}1-6${'0'.repeat(31)}1`],
    ['2001:db8:1:2:3:4:5:6', '620010db8000100020003000400050006-620010db8000100020003000400050006'],
  ])('writes %s as its ends', (text, ends) => {
    expect(read(text)).toBe(ends);
    expect(read(` ${text} , 192.0.2.1`)).toBe(`${ends},4192000002001-4192000002001`);
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    "'; --",
    '1.2.3.4,',
    '1.2.3.4/-1',
    '1.2.3.4/1e1',
    '::ffff:192.0.2.0/120',
  ])('refuses %j', (text) => {
    expect(() => read(text)).toThrow(ParameterError);
  });

  it('holds every address between its ends, whatever the range', () => {
    const part = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), fc.integer({ min: 0, max: 32 }), (parts, length) => {
        const [first = '', last = ''] = read(`${parts.join('.')}/${length}`).split('-');
        const key = `4${parts.map((one) => String(one).padStart(3, '0')).join('')}`;
        expect(first <= key && key <= last).toBe(true);
      }),
    );
  });
});
