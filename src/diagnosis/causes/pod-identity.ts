// Causes of Pod Identity beyond association, trust and agent: a second role, the SDK, both mechanisms at once, the node's own role.
import { containersOf } from '../case.ts';
import { type CauseRules, evidence, likely, possible, proven } from '../cause.ts';
import { isOfAnother } from '../denial-message.ts';
import { assumptionDenialOf, isOfItself } from './permissions.ts';

export const POD_IDENTITY_CAUSES = {
  'target-role-refused': {
    mechanism: 'any',
    symptoms: [
      // The message is judged as a whole.
      { pattern: /is not authorized to perform:? sts:(AssumeRole|TagSession)\b/i, means: null },
    ],
    judge: (one) => {
      const { attempt, isRefused } = one;
      const denial = assumptionDenialOf(one);
      if (denial !== null) {
        if (isOfAnother(denial.caller) || isOfItself(denial)) return null;
        const isOfTrust = denial.kind === 'role trust policy' || denial.kind === 'resource-based policy';
        if (denial.kind !== null && !isOfTrust) return null;
        const how = denial.isExplicit ? 'denies it' : 'does not admit the first';
        return proven(
          isOfTrust ? `the trust policy of the second ${how}` : '',
          evidence('credential_finding', denial.line),
        );
      }
      if (!isRefused || attempt.action !== 'AssumeRole' || attempt.mechanism !== undefined) return null;
      return likely(
        `the assumption of ${attempt.roleArn ?? 'a second role'} by another role is refused`,
        evidence('trail', 'AssumeRole by a role was denied.'),
      );
    },
  },
  'sdk-without-container-credentials': {
    mechanism: 'pod-identity',
    symptoms: [
      {
        pattern:
          /Unsupported host .?169\.254\.170\.23|(invalid endpoint host|is not a loopback|is not within the loopback).{0,200}(169\.254\.170\.23|fd00:ec2::23)|169\.254\.170\.23 is not a valid ECS container metadata/i,
        means: 'proven',
      },
    ],
    judge: (one) => {
      const silent = one.trail !== undefined && one.trail.failures === 0 && one.trail.lastSuccess === null;
      const complete = containersOf(one).find(
        ({ container }) => container.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined,
      );
      if (!silent || complete === undefined) return null;
      return possible(
        `container ${complete.container.name} has all that Pod Identity needs and never asks`,
        evidence(
          'cluster',
          `Container ${complete.container.name} (${complete.container.image}) has the agent's address.`,
        ),
      );
    },
  },
  'both-mechanisms': {
    mechanism: 'any',
    symptoms: [],
    judge: (one) => {
      const annotated = one.cluster?.serviceAccount?.roleArn;
      const association = one.aws?.associations?.[0];
      if (annotated === undefined || annotated === null || association === undefined) return null;
      const given = association.targetRoleArn ?? association.roleArn;
      if (given === annotated) return 'refuted';
      const both = containersOf(one).find(
        ({ container: { environment } }) =>
          environment.AWS_ROLE_ARN !== undefined &&
          environment.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined,
      );
      const wins =
        both === undefined
          ? "pods made now get the association's"
          : `in ${both.container.name} most SDKs take the annotation's, by web identity`;
      return proven(
        `the annotation gives ${annotated}, the association ${given}; ${wins}`,
        evidence('sa_config', `The annotation is ${annotated}.`),
        evidence('provider', `Association ${association.id} has role ${given}.`),
      );
    },
  },
  'node-may-not-ask-eks-auth': {
    mechanism: 'pod-identity',
    symptoms: [
      { pattern: /not authorized to perform:? eks-auth:AssumeRoleForPodIdentity/i, means: 'proven' },
    ],
    judge: () => null,
  },
} as const satisfies CauseRules;
