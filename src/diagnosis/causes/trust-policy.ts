// Causes in the role's trust policy for IRSA: another issuer, subject, audience or action than the token's, or an explicit deny.
import type { Case } from '../case.ts';
import { type CauseRules, type Evidence, evidence, type Judgement, likely, proven } from '../cause.ts';
import { Effort } from '../policy/effort.ts';
import type { Failure } from '../policy/failures.ts';
import { claimOfKey, issuerOfProvider, plainIssuer } from '../policy/issuer.ts';
import { operatorOf } from '../policy/operators.ts';
import { matches, patternOf } from '../policy/wildcard.ts';
import { furthest } from './shared.ts';

const NOT_AUTHORIZED = {
  pattern: /not authorized to perform:? sts:AssumeRoleWithWebIdentity/i,
  means: null,
} as const;

/** The shared parts of a cause that a trust policy proves. */
const SHARED = {
  mechanism: 'irsa',
  symptoms: [NOT_AUTHORIZED],
} as const;

export const TRUST_POLICY_CAUSES = {
  'trust-explicit-deny': {
    ...SHARED,
    judge: (one) =>
      ofTrust(one, ({ decision, statement }) =>
        decision === 'denied' && statement !== null
          ? proven(`statement ${statement} denies this workload explicitly`, trustEvidence(one))
          : 'refuted',
      ),
  },
  'trust-wrong-issuer': {
    ...SHARED,
    judge: (one) => ofTrust(one, () => nearest(one, wrongIssuer)),
  },
  'trust-wildcard-in-equals': {
    ...SHARED,
    judge: (one) => ofTrust(one, () => nearest(one, wildcardInEquals)),
  },
  'trust-wrong-subject': {
    ...SHARED,
    judge: (one) => ofTrust(one, () => nearest(one, wrongSubject)),
  },
  'trust-wrong-audience': {
    ...SHARED,
    judge: (one) => ofTrust(one, () => nearest(one, wrongAudience)),
  },
  'trust-wrong-action': {
    ...SHARED,
    judge: (one) =>
      ofTrust(one, () =>
        nearest(one, (failure) =>
          /^(Not)?Action$/.test(failure.element)
            ? proven(
                `statement ${failure.statement} allows ${shown(failure.expected)}, not ${failure.actual}`,
              )
            : null,
        ),
      ),
  },
  'trust-other-condition': {
    ...SHARED,
    judge: (one) => {
      if (one.trust?.answer.decision !== 'unknown') return ofTrust(one, () => nearest(one, otherCondition));
      if (!one.isRefused || one.attempt.mechanism === 'pod-identity') return null;
      // All else holds: it was refused, so the condition whose key podtrail cannot know was not met.
      const unknown = one.trust.answer.failures.find((failure) => otherCondition(failure) !== null);
      return unknown === undefined
        ? null
        : likely(
            `statement ${unknown.statement} has a condition on ${unknown.key}, and all else of it holds`,
            evidence(
              'trust_policy',
              `Statement ${unknown.statement} asks of ${unknown.key}: ${shown(unknown.expected)}.`,
            ),
          );
    },
  },
  'trust-invalid': {
    ...SHARED,
    judge: (one) => {
      if (one.trust === null || one.attempt.mechanism === 'pod-identity') return null;
      const fault = one.trust.answer.failures.find(
        ({ element }) => !/^(Not)?(Principal|Action)$|^Condition$/.test(element),
      );
      return fault === undefined
        ? 'refuted'
        : likely(
            `${fault.element} of ${fault.statement === null ? 'the document' : `statement ${fault.statement}`} is not valid`,
            trustEvidence(one),
          );
    },
  },
  'trust-not-known': {
    ...SHARED,
    symptoms: [{ ...NOT_AUTHORIZED, means: 'likely' }],
    judge: (one) => {
      if (one.attempt.mechanism === 'pod-identity' || !/WebIdentity/.test(one.attempt.action ?? ''))
        return null;
      if (one.aws?.role !== undefined) return 'refuted';
      return one.isRefused
        ? likely(
            '',
            evidence(
              'trail',
              'AssumeRoleWithWebIdentity was answered with AccessDenied: the token is sound, the role is not for it.',
            ),
          )
        : null;
    },
  },
} as const satisfies CauseRules;

/** Asks only where IAM refused, or nothing is known of an error, and the policy is known and denies. */
function ofTrust(
  one: Case,
  judge: (answer: NonNullable<Case['trust']>['answer']) => Judgement | 'refuted' | null,
): Judgement | 'refuted' | null {
  if (one.trust === null || one.attempt.mechanism === 'pod-identity') return null;
  if (one.trust.answer.decision === 'unknown') return null;
  if (one.trust.answer.decision === 'allowed') return 'refuted';
  const judged = judge(one.trust.answer);
  // STS names other faults before it looks at the policy: then that it would deny as well comes second.
  if (judged === null || judged === 'refuted' || one.isRefused || one.lines.length === 0) return judged;
  return { ...judged, certainty: 'likely' };
}

/** Judges the failures of the statement that fails latest: its principal before its action before its conditions. */
function nearest(one: Case, judge: (failure: Failure, one: Case) => Judgement | null): Judgement | 'refuted' {
  if (one.trust === null || one.trust.answer.statement !== null) return 'refuted';
  for (const failure of furthest(one.trust)) {
    const judged = judge(failure, one);
    if (judged !== null)
      return { ...judged, evidence: [...judged.evidence, trustEvidence(one, failure), ...clusterAge(one)] };
  }
  return 'refuted';
}

/** A cluster that is younger than the policy is perhaps rebuilt. */
function clusterAge({ aws }: Case): Evidence[] {
  const at = aws?.eksCluster?.createdAt ?? null;
  return at === null
    ? []
    : [evidence('provider', `The cluster was created at ${new Date(at).toISOString()}.`)];
}

function wrongIssuer(failure: Failure, one: Case): Judgement | null {
  const issuer = plainIssuer(one.attempt.issuer ?? '');
  if (failure.element === 'Principal') {
    const all = one.trust === null ? [] : [...new Set(furthest(one.trust).flatMap(providersOf))];
    if (all.length === 0)
      return proven(`the role trusts no OIDC provider at all, and so not that of ${issuer}`);
    return providersOf(failure).length === 0
      ? null
      : proven(all.map((provider) => otherProvider(provider, issuer)).join('; '));
  }
  const claim = failure.key === null ? null : claimOfKey(failure.key);
  if (claim === null || claim.issuer.toLowerCase() === issuer.toLowerCase()) return null;
  return proven(
    `the condition key ${failure.key} is not of this cluster's issuer: ${otherIssuer(claim.issuer, issuer)}`,
  );
}

function providersOf({ expected }: Failure): string[] {
  const listed = isRecord(expected) ? [expected.Federated].flat() : [];
  return listed.filter((provider) => typeof provider === 'string');
}

function otherProvider(provider: string, issuer: string): string {
  const named = issuerOfProvider(provider);
  if (named === null)
    return provider.startsWith('arn:')
      ? `${provider} is not the ARN of an OIDC provider`
      : `"${provider}" is not this cluster's provider`;
  if (named.toLowerCase() === issuer.toLowerCase())
    return `${provider} is the provider of another account than the role's`;
  return `${provider} is trusted: ${otherIssuer(named, issuer)}`;
}

function otherIssuer(written: string, issuer: string): string {
  if (issuerOfProvider(written) !== null)
    return "it is written as a provider's ARN, where IAM has the issuer alone";
  if (/^https?:/i.test(written)) return 'it is written with https://, which IAM leaves out';
  if (written.endsWith('/')) return 'it is written with a slash at its end';
  const [host = '', id] = split(written);
  const [ownHost = '', ownId] = split(issuer);
  if (id !== undefined && id === ownId && host !== ownHost)
    return `its host is ${host}, where the token's issuer has ${ownHost}`;
  return `the token's issuer is ${issuer}: another cluster, or the same before it was rebuilt`;
}

const split = (issuer: string) => issuer.split('/id/');

function otherCondition(failure: Failure): Judgement | null {
  const { key, operator, statement, expected, actual } = failure;
  if (key === null || (claimOfKey(key) !== null && admits(failure))) return null;
  return proven(
    `statement ${statement} has ${operator} on ${key} with ${shown(expected)}; the request has ${shown(actual)}`,
  );
}

/** Whether the condition lets in what it names, rather than keep it out or ask for its absence. */
function admits({ operator: name }: Failure): boolean {
  const operator = operatorOf(name ?? '');
  return operator !== null && !operator.isNegated && operator.family !== 'null';
}

function wildcardInEquals(failure: Failure): Judgement | null {
  const { key, operator, expected, actual, statement } = failure;
  const family = operatorOf(operator ?? '')?.family;
  if (key === null || !admits(failure) || (family !== 'equals' && family !== 'equals-ignore-case'))
    return null;
  const wild = [expected].flat().find((value) => typeof value === 'string' && matchesOf(value, actual));
  return wild === undefined
    ? null
    : proven(
        `${operator} of statement ${statement} takes "${String(wild)}" literally; as a pattern it would match ${shown(actual)}`,
      );
}

function matchesOf(pattern: unknown, actual: unknown): boolean {
  const [value] = [actual].flat();
  return (
    typeof pattern === 'string' &&
    /[*?]/.test(pattern) &&
    typeof value === 'string' &&
    matches(patternOf(pattern, true), patternOf(value, false), new Effort())
  );
}

function wrongSubject(failure: Failure, one: Case): Judgement | null {
  const claim = failure.key === null || !admits(failure) ? null : claimOfKey(failure.key);
  if (claim?.claim !== 'sub' || wrongIssuer(failure, one) !== null || wildcardInEquals(failure) !== null)
    return null;
  return proven(
    `statement ${failure.statement} admits ${shown(failure.expected)}; the token's subject is ${shown(failure.actual)}`,
  );
}

function wrongAudience(failure: Failure, one: Case): Judgement | null {
  const claim = failure.key === null || !admits(failure) ? null : claimOfKey(failure.key);
  if (claim?.claim !== 'aud' || wrongIssuer(failure, one) !== null) return null;
  const asked = `statement ${failure.statement} asks for the audience ${shown(failure.expected)}`;
  return one.trust?.isAudienceAssumed === true
    ? likely(`${asked}; the token's is not known, and taken to be ${shown(failure.actual)}`)
    : proven(`${asked}; the token's is ${shown(failure.actual)}`);
}

/** The failing part as evidence. */
function trustEvidence(one: Case, failure?: Failure) {
  const { decision, statement } = one.trust?.answer ?? {};
  if (failure === undefined)
    return evidence(
      'trust_policy',
      `The trust policy's answer is "${decision}", by ${statement === null ? 'no statement' : `statement ${statement}`}.`,
    );
  const where = [failure.element, failure.operator, failure.key].filter((part) => part !== null).join(' ');
  return evidence(
    'trust_policy',
    `Statement ${failure.statement} fails at ${where}: expected ${shown(failure.expected)}, actual ${shown(failure.actual)}.`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = value === null || value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
