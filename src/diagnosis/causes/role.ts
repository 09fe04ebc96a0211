// Causes in the role and around it: it is not there, its limits, policies of the organization, STS in the region, throttling.
import { accountOfRole, type Case, isAssuming, isNamesake } from '../case.ts';
import { type CauseRules, evidence, likely, possible, proven } from '../cause.ts';
import { assumptionDenialOf, isOfItself } from './permissions.ts';
import { deleted } from './shared.ts';

const NOT_AUTHORIZED = {
  pattern: /not authorized to perform:? sts:AssumeRoleWithWebIdentity/i,
  means: 'possible',
} as const;

export const ROLE_CAUSES = {
  'role-missing': {
    mechanism: 'any',
    symptoms: [NOT_AUTHORIZED],
    judge: (one) => {
      const { aws, attempt, trail, isRefused } = one;
      if (aws?.role === null && isAskedAccount(aws.accountId, attempt.roleArn))
        return proven(
          `there is no role ${attempt.roleArn}`,
          evidence('credential_finding', `IAM has no role ${attempt.roleArn}.`),
        );
      const namesake = namesakeOf(one);
      if (namesake !== null)
        return proven(
          `there is no role ${attempt.roleArn}: the one of this name is ${namesake}`,
          evidence(
            'credential_finding',
            `IAM has the role ${namesake}, and STS takes no other path or case.`,
          ),
        );
      if (aws?.role !== undefined) return aws.role === null ? null : 'refuted';
      const gone = deleted(trail, 'DeleteRole', 'CreateRole');
      if (gone === null)
        return isRefused
          ? possible(
              'the role may not exist',
              evidence('trail', 'A role that is not there is refused alike.'),
            )
          : null;
      return likely(
        `the role was deleted at ${new Date(gone.at).toISOString()} by ${gone.by}`,
        evidence('trail', `DeleteRole of ${gone.target} by ${gone.by}.`),
      );
    },
  },
  'role-assumes-itself': {
    mechanism: 'any',
    symptoms: [],
    judge: (one) => {
      const denial = assumptionDenialOf(one);
      return denial === null || !isOfItself(denial)
        ? null
        : proven(`the session is of ${denial.resource} already`, evidence('credential_finding', denial.line));
    },
  },
  'session-too-long': {
    mechanism: 'any',
    symptoms: [
      { pattern: /requested DurationSeconds exceeds the MaxSessionDuration/i, means: 'proven' },
      { pattern: /exceeds the 1 hour session limit for roles assumed by role chaining/i, means: 'proven' },
    ],
    judge: ({ lines, aws }) => {
      const most = aws?.role?.maxSessionSeconds;
      if (most === undefined || !lines.some((line) => /exceeds the MaxSessionDuration/i.test(line)))
        return null;
      return proven(
        `the role allows ${most} seconds`,
        evidence('credential_finding', `MaxSessionDuration of the role is ${most} seconds.`),
      );
    },
  },
  'session-name-illegal': {
    mechanism: 'irsa',
    symptoms: [{ pattern: /at 'roleSessionName' failed to satisfy constraint/i, means: 'proven' }],
    judge: ({ attempt, cluster }) => {
      const names = (cluster?.pods ?? []).flatMap(({ containers }) =>
        containers.flatMap(({ environment }) => environment.AWS_ROLE_SESSION_NAME ?? []),
      );
      const bad = [...names, ...(attempt.sessionName === undefined ? [] : [attempt.sessionName])].find(
        // Kubernetes fills in $(NAME) when the container starts.
        (name) => !name.includes('$(') && !/^[\w+=,.@-]{2,64}$/.test(name),
      );
      return bad === undefined
        ? null
        : proven(
            `"${bad}" is not a valid session name`,
            evidence('cluster', `AWS_ROLE_SESSION_NAME is "${bad}".`),
          );
    },
  },
  'sts-region-inactive': {
    mechanism: 'any',
    symptoms: [
      { pattern: /STS is not activated in this region|RegionDisabled(Exception)?/i, means: 'proven' },
    ],
    judge: () => null,
  },
  'organization-policy-suspected': {
    mechanism: 'any',
    symptoms: [NOT_AUTHORIZED],
    judge: (one) => {
      if (!one.isRefused) return null;
      if (one.trust === null)
        return possible(
          'a policy of the organization may deny it',
          evidence('trail', 'Refusals read alike.'),
        );
      if (one.trust.answer.decision !== 'allowed') return 'refuted';
      return possible(
        'the trust policy allows what was refused',
        evidence(
          'trust_policy',
          `Statement ${one.trust.answer.statement} of the trust policy admits this workload.`,
        ),
      );
    },
  },
  'trust-policy-changed-since': {
    mechanism: 'any',
    symptoms: [],
    judge: ({ isRefused, trust, trail, attempt }) => {
      if (!isRefused || trust === null || trail === undefined) return null;
      if (trust.answer.decision !== 'allowed') return 'refuted';
      const failed = attempt.at ?? trail.last;
      const change = trail.changes.find(
        ({ eventName, at }) => eventName === 'UpdateAssumeRolePolicy' && at > failed - 5 * 60_000,
      );
      if (change === undefined) return null;
      const told = evidence(
        'trail',
        `UpdateAssumeRolePolicy at ${new Date(change.at).toISOString()} by ${change.by}.`,
      );
      if (change.at <= failed) return likely('the trust policy was changed minutes before the failure', told);
      // What it said before is not known: only a success shows that the change put it right.
      return trail.lastSuccess !== null && trail.lastSuccess > change.at
        ? proven('the trust policy was put right after the failure', told)
        : likely('the trust policy was changed after the failure', told);
    },
  },
  throttled: {
    mechanism: 'any',
    symptoms: [
      {
        pattern:
          /(Throttl(ing|ed)|Rate exceeded|TooManyRequests).{0,200}(AssumeRole|\bsts\b|eks-?auth)|(AssumeRole|\bsts\b|eks-?auth).{0,200}(Throttl(ing|ed)|Rate exceeded|TooManyRequests)/i,
        means: 'proven',
      },
      // Of whichever service.
      {
        pattern: /\bThrottl(ing|ed)(Exception)?\b|Rate exceeded|TooManyRequests(Exception)?/i,
        means: 'possible',
      },
    ],
    judge: (one) => {
      const { action, errorCode = '' } = one.attempt;
      if (isAssuming(action) && /^(Throttl|TooManyRequests)/.test(errorCode))
        return proven('', evidence('trail', `${action} was answered with ${errorCode}.`));
      const many = one.trail === undefined ? 0 : one.trail.perMinute;
      const crashing = (one.cluster?.pods ?? [])
        .flatMap(({ name, containers }) => containers.map(({ restarts }) => ({ name, restarts })))
        .find(({ restarts }) => restarts >= 5);
      if (many < 100) return null;
      return likely(
        `${many} failed attempts a minute`,
        evidence('trail', `Minutes with failures have ${many} failed attempts each, on average.`),
        ...(crashing === undefined
          ? []
          : [evidence('cluster', `Pod ${crashing.name} has been restarted ${crashing.restarts} times.`)]),
      );
    },
  },
} as const satisfies CauseRules;

/** Whether IAM's answer is about the account that the role is of. */
function isAskedAccount(asked: string | undefined, roleArn: string | undefined): boolean {
  const account = accountOfRole(roleArn);
  return account !== undefined && (asked === undefined || asked === account);
}

/**
 * The role that IAM has under the name of the ARN that was tried, where it has another path or case: names are unique whatever
 * these are. An ARN that a client's message gives leaves the path out, so only what was asked of STS counts.
 */
function namesakeOf({ aws, attempt, cluster, isRefused }: Case): string | null {
  const tried = attempt.roleArn;
  const isTried = cluster?.serviceAccount?.roleArn === tried || (isRefused && isAssuming(attempt.action));
  const found = aws?.role?.arn;
  if (!isTried || tried === undefined || found === undefined || found === tried) return null;
  return isNamesake(found, tried) ? found : null;
}
