// Patterns of session names: what podtrail takes for a pod's name, and how a user's own pattern is read or refused.
import { describe, expect, it } from 'vitest';
import { BUILT_IN_PATTERNS, sessionNamePatterns } from '../../src/identity/session-name-patterns.ts';

const podIn = (name: string) =>
  BUILT_IN_PATTERNS.filter(({ except_pattern: except }) => except === null || !new RegExp(except).test(name))
    .map(({ pod_pattern: pattern }) => new RegExp(pattern ?? '(?!)').exec(name)?.[1])
    .find((pod) => pod !== undefined);

describe('the built-in patterns', () => {
  it.each(['api-7f9c4b8d6-x2klm', 'web-frontend-6d4cf56db6-q9zt7', 'node-agent-x2klm', 'kafka-0', 'db-12'])(
    'take %s for the name of a pod',
    (name) => expect(podIn(name)).toBe(name),
  );

  it.each([
    'aws-sdk-java-1709630105164',
    'botocore-session-1709630105',
    '1699456147945229070',
    'token-file-web-identity',
    'external-secrets-provider-aws',
    '0cda7f85-c1f9-4dee-b6e9-a0b50c8f3012',
    'eks-team-a-batch-runner-x2klm',
    'alice',
    'nightly-batch',
  ])('take %s for none', (name) => expect(podIn(name)).toBeUndefined());
});

const readSessionNamePattern = (pattern: string) => sessionNamePatterns([pattern]).at(-1);

describe('a pattern of the user', () => {
  it('becomes one expression for each thing that it names, each with a single group', () => {
    const read = readSessionNamePattern(
      '^(?<namespace>[a-z(]+)\\.(?<service_account>(?:x|y)+)(-\\(old\\))?\\.(?<pod>.+)$',
    );
    const name = 'team.xy-(old).pod-0';
    const groups = [read?.namespace_pattern, read?.service_account_pattern, read?.pod_pattern].map(
      (pattern) => new RegExp(pattern ?? '(?!)').exec(name)?.slice(1),
    );
    expect(groups).toEqual([['team'], ['xy'], ['pod-0']]);
    expect(read?.except_pattern).toBeNull();
  });

  it('may name the pod alone, or the workload alone', () => {
    expect(readSessionNamePattern('^(?<pod>.+)$')).toMatchObject({
      namespace_pattern: null,
      service_account_pattern: null,
      pod_pattern: '^(.+)$',
    });
    expect(readSessionNamePattern('^(?<namespace>a)-(?<service_account>b)$')).toMatchObject({
      namespace_pattern: '^(a)-(?:b)$',
      service_account_pattern: '^(?:a)-(b)$',
      pod_pattern: null,
    });
  });

  it.each([
    ['^(', /is no regular expression/],
    ['^(?<pod>a(?=b))$', /looks around or back/],
    ['^(?<pod>(a)\\2)$', /looks around or back/],
    ['^(?<pod>[^]+)$', /an empty class/],
    ['^(?<pod>\\p{L}+)$', /read otherwise/],
    ['^(?<node>.+)$', /a group "node"/],
    ['^(?<namespace>.+)$', /without the other/],
    ['^(.+)$', /names nothing/],
  ])('is refused where it is %s', (pattern, message) => {
    expect(() => readSessionNamePattern(pattern)).toThrow(message);
    expect(() => readSessionNamePattern(pattern)).toThrow(JSON.stringify(pattern));
  });
});
