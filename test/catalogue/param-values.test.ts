// What people write for parameters: typed, or refused in words that help.
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/catalogue/errors.ts';
import { readParams } from '../../src/catalogue/param-values.ts';
import type { QueryParam } from '../../src/catalogue/query-file.ts';

const now = new Date('2026-10-05T12:00:00Z');

function param(
  name: string,
  type: QueryParam['type'],
  need: QueryParam['need'],
  defaultText: string | null = null,
): QueryParam {
  return { name, type, need, defaultText, description: `The ${name}.` };
}

const question = {
  name: 'who-accessed',
  params: [
    param('resource', 'text', 'required'),
    param('since', 'time', 'default', '24h'),
    param('until', 'time', 'optional'),
    param('limit', 'integer', 'default', '100'),
    param('exact', 'boolean', 'optional'),
  ],
};

describe('parameters', () => {
  it('name a cluster by its issuer as AWS prints it, and an account by twelve digits', () => {
    const asked = {
      name: 'x',
      params: [param('cluster', 'cluster', 'optional'), param('account', 'account', 'optional')],
    };
    expect(
      readParams(asked, { cluster: 'https://oidc.example/id/1', account: '111122223333' }, now),
    ).toMatchObject({
      cluster: 'oidc.example/id/1',
      account: '111122223333',
    });
    for (const account of ['12', '11112222333x', '١١١١٢٢٢٢٣٣٣٣'])
      expect(() => readParams(asked, { account }, now)).toThrow(
        '"account" must be an account id: twelve digits',
      );
  });

  it('become values of their types', () => {
    const written = { resource: ' x ', since: '2026-10-01', until: 'now', limit: '007', exact: 'false' };
    expect({ ...readParams(question, written, now) }).toEqual({
      resource: ' x ',
      since: new Date('2026-10-01T00:00:00Z'),
      until: now,
      limit: 7,
      exact: false,
    });
  });

  it('of networks and resources become the words that questions compare with', () => {
    const params = [param('networks', 'networks', 'required'), param('resource', 'resource', 'required')];
    const written = { networks: '192.0.2.0/24', resource: 's3://carts/1.json' };
    expect({ ...readParams({ name: 'q', params }, written, now) }).toMatchObject({
      networks: '4192000002000-4192000002255',
      resource: 'carts/1.json',
    });
  });

  it('that are left out have their default, or null', () => {
    expect({ ...readParams(question, { resource: 'x', limit: undefined }, now) }).toEqual({
      resource: 'x',
      since: new Date('2026-10-04T12:00:00Z'),
      until: null,
      limit: 100,
      exact: null,
    });
  });

  it('always hold the time range, which sources bind', () => {
    expect({ ...readParams({ name: 'q', params: [] }, {}, now) }).toEqual({
      since: null,
      until: null,
    });
  });

  const refused: [Record<string, string>, string][] = [
    [{}, '"resource" is required: The resource.'],
    [{ resource: ' ' }, '"resource" needs a value'],
    [{ resource: 'x', resorce: 'y' }, 'who-accessed has no parameter "resorce" (did you mean "resource"?)'],
    [{ resource: 'x', toString: 'y' }, 'who-accessed has no parameter "toString"'],
    [{ resource: 'x', limit: '1.5' }, '"limit" must be a whole number, such as 100'],
    [{ resource: 'x', limit: '-1' }, '"limit" must be a whole number, such as 100'],
    [{ resource: 'x', limit: '9007199254740992' }, '"limit" must be a whole number, such as 100'],
    [{ resource: 'x', exact: 'yes' }, '"exact" must be true or false'],
    [{ resource: 'x', since: 'soon' }, '"since": "soon" is not a time; write 2026-10-05, '],
    [
      { resource: 'x', since: '2026-10-03', until: '2026-10-02' },
      'until (2026-10-02T00:00:00.000Z) is before since',
    ],
    [
      { limit: 'x', exact: 'x' },
      '"resource" is required: The resource.\n"limit" must be a whole number, such as 100\n"exact" must be true',
    ],
  ];
  it.each(refused)('%j are refused', (written, message) => {
    expect(() => readParams(question, written, now)).toThrow(ParameterError);
    expect(() => readParams(question, written, now)).toThrow(message);
  });

  it('may have the names that every object has', () => {
    const strange = {
      name: 'q',
      params: [param('constructor', 'text', 'optional'), param('__proto__', 'text', 'optional')],
    };
    const values = readParams(strange, JSON.parse('{"__proto__":"x"}'), now);
    expect(Object.entries(values)).toContainEqual(['__proto__', 'x']);
    expect(Object.entries(values)).toContainEqual(['constructor', null]);
  });
});
