// Causes in the token itself and in the client that reads it: expired, not a token, a client that reads it once or not at all.
import { containersOf, webToken } from '../case.ts';
import { type CauseRules, evidence, likely, possible } from '../cause.ts';

export const TOKEN_CAUSES = {
  'token-expired': {
    mechanism: 'any',
    symptoms: [
      { pattern: /Token expired: current date\/time/i, means: 'proven' },
      { pattern: /Token too old: \d/i, means: 'proven' },
    ],
    judge: () => null,
  },
  'token-invalid': {
    mechanism: 'any',
    symptoms: [
      { pattern: /ID Token provided is not a valid JWT/i, means: 'proven' },
      { pattern: /Missing a required claim: \w+/i, means: 'proven' },
      { pattern: /IDPRejectedClaim|target role ARN is not present in the roles claim/i, means: 'proven' },
    ],
    judge: () => null,
  },
  'sdk-does-not-refresh': {
    mechanism: 'any',
    symptoms: [
      {
        pattern: /security token included in the request is expired|provided token has expired/i,
        means: 'likely',
      },
      { pattern: /Token expired: current date\/time|Token too old: \d/i, means: 'likely' },
      { pattern: /RequestExpired/, means: 'possible' },
    ],
    judge: ({ trail, attempt }) => {
      if (!/^(ExpiredToken(Exception)?|RequestExpired)$/.test(attempt.errorCode ?? '')) return null;
      const last = trail?.lastSuccess;
      return last === undefined || last === null
        ? null
        : likely(
            'the workload goes on with credentials that are expired',
            evidence(
              'trail',
              `Its last session began at ${new Date(last).toISOString()}; it has not renewed it since.`,
            ),
          );
    },
  },
  'sdk-without-web-identity': {
    mechanism: 'irsa',
    symptoms: [
      {
        pattern:
          /unable to locate credentials|no valid providers in chain|Could not load credentials from any providers|must also depend on.{0,200}sts|To use web identity tokens, the 'sts' service module must be on the class path/i,
        means: 'possible',
      },
    ],
    judge: (one) => {
      const all = containersOf(one);
      const complete = all.find(
        ({ container }) =>
          container.environment.AWS_ROLE_ARN !== undefined &&
          container.environment.AWS_WEB_IDENTITY_TOKEN_FILE !== undefined &&
          webToken(container) !== undefined,
      );
      if (all.length > 0 && complete === undefined) return 'refuted';
      const silent = one.trail !== undefined && one.trail.failures === 0 && one.trail.lastSuccess === null;
      const nodeRole = one.trail?.nodeRole;
      if (complete === undefined || !silent || nodeRole === undefined || nodeRole === null) return null;
      return likely(
        `container ${complete.container.name} has all that IRSA needs and never asks STS`,
        evidence(
          'cluster',
          `Container ${complete.container.name} (${complete.container.image}) has role, token file and token.`,
        ),
        evidence(
          'trail',
          `No attempt of it is in the trail; the node's role ${nodeRole.roleArn} made ${nodeRole.calls} calls.`,
        ),
      );
    },
  },
  'static-keys-used': {
    mechanism: 'any',
    symptoms: [
      {
        pattern: /User: arn:aws[a-z-]*:iam::\d{12}:user\/[^ ]{1,200} is not authorized to perform/i,
        means: 'likely',
      },
    ],
    judge: (one) => {
      const found = containersOf(one).find(({ container }) => container.hidden.includes('AWS_ACCESS_KEY_ID'));
      return found === undefined
        ? null
        : likely(
            `container ${found.container.name} has AWS_ACCESS_KEY_ID`,
            evidence('cluster', `Container ${found.container.name} has AWS_ACCESS_KEY_ID set.`),
          );
    },
  },
  'node-role-used': {
    mechanism: 'any',
    symptoms: [
      {
        pattern:
          /User: arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^/ ]+\/i-[0-9a-f]{8,17} is not authorized to perform:? (?!eks-auth:)/i,
        means: 'likely',
      },
    ],
    judge: ({ trail }) => {
      const nodeRole = trail?.nodeRole;
      if (nodeRole === undefined || nodeRole === null) return null;
      return possible(
        `the node's role ${nodeRole.roleArn} makes calls`,
        evidence('trail', `${nodeRole.calls} calls by ${nodeRole.roleArn} since the failure began.`),
      );
    },
  },
} as const satisfies CauseRules;
