// Causes in the role's trust policy for IRSA: another issuer, subject, audience or action than the token's, or an explicit deny.
import { type Case, STS_AUDIENCE } from '../case.ts';
import { type Cause, type Evidence, evidence, type Judgement, likely, proven } from '../cause.ts';
import { Effort } from '../policy/effort.ts';
import type { Failure } from '../policy/failures.ts';
import { claimOfKey, issuerOfProvider, plainIssuer } from '../policy/issuer.ts';
import { operatorOf } from '../policy/operators.ts';
import { matches, patternOf } from '../policy/wildcard.ts';
import { furthest, UPDATE_TRUST_POLICY } from './shared.ts';

const NOT_AUTHORIZED = {
  text: 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
  pattern: /not authorized to perform:? sts:AssumeRoleWithWebIdentity/i,
  means: null,
} as const;
const DENIED =
  'AssumeRoleWithWebIdentity with AccessDenied and "An unknown error occurred"; it names the subject, the provider and the role';
const EXPLAIN =
  'podtrail policy explain role.json --subject system:serviceaccount:<namespace>:<service-account> --issuer <issuer> --audience <audience>';
const GET_ROLE = 'aws iam get-role --role-name <role> > role.json';
const TELL = `${GET_ROLE} && ${EXPLAIN}`;
const ACTIONS = [
  { command: GET_ROLE, safety: 'GREEN', needs: 'nobody' },
  { command: EXPLAIN, safety: 'GREEN', needs: 'nobody' },
  UPDATE_TRUST_POLICY,
] as const;
const LINKS = [
  'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
  'https://repost.aws/knowledge-center/iam-idp-access-error',
];

/** The shared parts of a cause that a trust policy proves. */
const SHARED = {
  root: 'trust_policy',
  mechanism: 'irsa',
  symptoms: [NOT_AUTHORIZED],
  trail: DENIED,
  who: 'the owner of the role',
  actions: ACTIONS,
  tell: TELL,
  links: LINKS,
} as const;

export const TRUST_POLICY_CAUSES: readonly Cause[] = [
  {
    ...SHARED,
    id: 'trust-explicit-deny',
    title: 'The trust policy denies the workload explicitly',
    proves: 'A Deny statement of the trust policy matches the request.',
    suggests: 'Nothing: every refusal reads the same.',
    immediate:
      'Ask whoever wrote the Deny statement whether it means this workload; nothing else can let it in.',
    longTerm: "Say in the statement's Sid whom it is to keep out.",
    judge: (one) =>
      ofTrust(one, ({ decision, statement }) =>
        decision === 'denied' && statement !== null
          ? proven(`statement ${statement} denies this workload explicitly`, trustEvidence(one))
          : 'refuted',
      ),
  },
  {
    ...SHARED,
    id: 'trust-wrong-issuer',
    title: "The trust policy trusts another OIDC issuer than the cluster's",
    proves:
      "No statement names the provider of the token's issuer, or the condition keys are those of another issuer.",
    suggests:
      'The refusal itself, where the cluster was rebuilt lately or the role copied from another cluster.',
    immediate:
      "Put the provider of this cluster's issuer into the trust policy, in the principal and in the condition keys.",
    longTerm:
      "Make trust policies from the cluster's own outputs (Terraform, CloudFormation), so that a rebuilt cluster carries them along.",
    judge: (one) => ofTrust(one, () => nearest(one, wrongIssuer)),
  },
  {
    ...SHARED,
    id: 'trust-wildcard-in-equals',
    title: 'StringEquals compares the subject with a wildcard, which it takes literally',
    proves: 'The first failing condition is an equality whose value has * or ? and would match as a pattern.',
    suggests: 'Nothing: every refusal reads the same.',
    immediate: 'Name the exact subject; StringLike only where several are really meant.',
    longTerm: 'Run "podtrail policy explain" on trust policies before they are applied.',
    judge: (one) => ofTrust(one, () => nearest(one, wildcardInEquals)),
  },
  {
    ...SHARED,
    id: 'trust-wrong-subject',
    title: 'The trust policy admits another namespace or ServiceAccount',
    proves: "The first failing condition is the one on the token's sub.",
    suggests: 'The refusal, where others with this role succeed.',
    immediate:
      'Add this subject to the condition, or let the pod run as the ServiceAccount that the role is for.',
    longTerm:
      'Give each workload a role of its own; a namespace that is renamed takes its trust policy along.',
    judge: (one) => ofTrust(one, () => nearest(one, wrongSubject)),
  },
  {
    ...SHARED,
    id: 'trust-wrong-audience',
    title: 'The trust policy asks for another audience than the token has',
    proves: "The first failing condition is the one on the token's aud.",
    suggests: 'The refusal, where the ServiceAccount has an annotation eks.amazonaws.com/audience.',
    immediate: `Let the condition on aud say ${STS_AUDIENCE}, or drop the annotation that asks for another audience.`,
    longTerm: `Use ${STS_AUDIENCE} everywhere; another audience has to be set in the provider, the annotation and every trust policy.`,
    judge: (one) => ofTrust(one, () => nearest(one, wrongAudience)),
  },
  {
    ...SHARED,
    id: 'trust-wrong-action',
    title: 'The trust policy does not allow sts:AssumeRoleWithWebIdentity',
    proves: 'The statement that trusts the provider allows other actions only, such as sts:AssumeRole.',
    suggests: 'Nothing: every refusal reads the same.',
    immediate: 'Let the statement allow sts:AssumeRoleWithWebIdentity.',
    longTerm: 'Start from a trust policy of the documentation rather than from one for EC2.',
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
  {
    ...SHARED,
    id: 'trust-other-condition',
    title: 'Another condition of the trust policy is not met',
    proves: 'The first failing condition is about neither subject nor audience: an address, a tag, a time.',
    suggests: 'The refusal, where it comes from some networks or at some times only.',
    immediate:
      'Look at what the condition is to keep out; it is there on purpose until somebody says otherwise.',
    longTerm: "Say in the statement's Sid what the condition is for.",
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
  {
    ...SHARED,
    id: 'trust-invalid',
    title: 'The trust policy has faults of grammar, and allows nothing for them',
    proves: 'The document breaks the grammar of policies where the statement for this workload stands.',
    suggests: 'Nothing: IAM would not have taken it, so the file given is hardly the policy in force.',
    immediate: 'Compare the file with what "aws iam get-role" prints.',
    longTerm: 'Validate policies before they are applied (aws accessanalyzer validate-policy).',
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
  {
    ...SHARED,
    id: 'trust-not-known',
    title:
      'STS refuses the role to this workload; most likely its trust policy, which is not known, does not admit it',
    symptoms: [{ ...NOT_AUTHORIZED, means: 'likely' }],
    proves: 'Never: with the trust policy the cause is one of those above.',
    suggests: 'The refusal itself, by record or by message.',
    immediate:
      'Get the trust policy and ask again with --trust-policy, or let podtrail ask IAM with --cluster.',
    longTerm: 'Run "podtrail policy explain" on trust policies before they are applied.',
    actions: [ACTIONS[0], ACTIONS[1]],
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
];

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
  const failures = one.trust?.answer.failures ?? [];
  if (one.trust?.answer.statement !== null) return 'refuted';
  for (const failure of furthest(failures)) {
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
  if (/^Principal$/.test(failure.element)) {
    const listed = [failure.expected]
      .flatMap((expected) => (isRecord(expected) ? [expected.Federated].flat() : []))
      .filter((provider) => typeof provider === 'string');
    const [first] = listed;
    if (first === undefined)
      return proven(`the role trusts no OIDC provider at all, and so not that of ${issuer}`);
    return proven(listed.map((provider) => otherProvider(provider, issuer)).join('; '));
  }
  const claim = failure.key === null ? null : claimOfKey(failure.key);
  if (claim === null || claim.issuer.toLowerCase() === issuer.toLowerCase()) return null;
  return proven(
    `the condition key ${failure.key} is not of this cluster's issuer: ${otherIssuer(claim.issuer, issuer)}`,
  );
}

function otherProvider(provider: string, issuer: string): string {
  const named = issuerOfProvider(provider);
  if (named === null)
    return provider.startsWith('arn:')
      ? `${provider} is no OIDC provider's ARN`
      : `"${provider}" is not this cluster's provider`;
  if (named.toLowerCase() === issuer.toLowerCase())
    return `${provider} is the provider of another account than the role's`;
  return `${provider} is trusted: ${otherIssuer(named, issuer)}`;
}

function otherIssuer(written: string, issuer: string): string {
  if (/^https?:/i.test(written)) return 'it is written with https://, which IAM leaves out';
  if (written.endsWith('/')) return 'it is written with a slash at its end';
  const [host = '', id] = split(written);
  const [ownHost = '', ownId] = split(issuer);
  if (id !== undefined && id === ownId && host !== ownHost)
    return `its host is ${host}, where the token's issuer has ${ownHost}`;
  return `the token's issuer is ${issuer}: another cluster, or the same before it was rebuilt`;
}

const split = (issuer: string) => issuer.split('/id/');

function otherCondition({ key, statement, expected, actual }: Failure): Judgement | null {
  if (key === null || claimOfKey(key) !== null) return null;
  return proven(`statement ${statement} asks that ${key} is ${shown(expected)}; it is ${shown(actual)}`);
}

function wildcardInEquals({ key, operator, expected, actual, statement }: Failure): Judgement | null {
  const family = operatorOf(operator ?? '')?.family;
  if (key === null || (family !== 'equals' && family !== 'equals-ignore-case')) return null;
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
  const claim = failure.key === null ? null : claimOfKey(failure.key);
  if (claim?.claim !== 'sub' || wrongIssuer(failure, one) !== null || wildcardInEquals(failure) !== null)
    return null;
  return proven(
    `statement ${failure.statement} admits ${shown(failure.expected)}; the token's subject is ${shown(failure.actual)}`,
  );
}

function wrongAudience(failure: Failure, one: Case): Judgement | null {
  const claim = failure.key === null ? null : claimOfKey(failure.key);
  if (claim?.claim !== 'aud' || wrongIssuer(failure, one) !== null) return null;
  return proven(
    `statement ${failure.statement} asks for the audience ${shown(failure.expected)}; the token's is ${shown(failure.actual)}`,
  );
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
