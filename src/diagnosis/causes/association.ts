// Causes in the Pod Identity association: none, or one of another role.
import { containersOf } from '../case.ts';
import { type CauseRules, evidence, possible, proven } from '../cause.ts';
import { time } from './service-account.ts';
import { deleted, usesIrsa } from './shared.ts';

export const ASSOCIATION_CAUSES = {
  'association-missing': {
    mechanism: 'pod-identity',
    symptoms: [
      {
        pattern:
          /ResourceNotFoundException.{0,200}(association|pod identity)|no (pod identity )?association( was)? found/i,
        means: 'proven',
      },
    ],
    judge: (one) => {
      const { aws, trail, attempt } = one;
      if (
        /^ResourceNotFound/.test(attempt.errorCode ?? '') &&
        /AssumeRoleForPodIdentity$/.test(attempt.action ?? '')
      )
        return proven(
          'EKS has no association for the ServiceAccount',
          evidence('trail', 'AssumeRoleForPodIdentity was answered with ResourceNotFoundException.'),
        );
      if (aws?.associations !== undefined) {
        if (aws.associations.length > 0) return 'refuted';
        if (usesIrsa(one)) return null;
        // A workload of IRSA has none either.
        const isSure = attempt.mechanism === 'pod-identity';
        return (isSure ? proven : possible)(
          'EKS lists no association for the ServiceAccount',
          evidence('provider', 'ListPodIdentityAssociations gives none.'),
        );
      }
      // EKS could not be refused the role of an association that is not there.
      if (one.isRefused) return 'refuted';
      const gone = deleted(trail, 'DeletePodIdentityAssociation', 'CreatePodIdentityAssociation');
      return gone === null
        ? null
        : possible(
            `an association of the cluster was deleted at ${new Date(gone.at).toISOString()} by ${gone.by}`,
            evidence('trail', `DeletePodIdentityAssociation of ${gone.target} by ${gone.by}.`),
          );
    },
  },
  'pod-older-than-association': {
    mechanism: 'pod-identity',
    symptoms: [],
    judge: (one) => {
      const created = one.aws?.associations?.[0]?.createdAt;
      const all = containersOf(one).filter(({ pod }) => pod.serviceAccount === one.attempt.serviceAccount);
      if (created === undefined || all.length === 0) return null;
      const old = all.find(
        ({ pod, container: { environment } }) =>
          pod.createdAt < created && environment.AWS_CONTAINER_CREDENTIALS_FULL_URI === undefined,
      );
      return old === undefined
        ? 'refuted'
        : proven(
            `pod ${old.pod.name} was created before the association and has no AWS_CONTAINER_CREDENTIALS_FULL_URI`,
            evidence(
              'cluster',
              `Pod ${old.pod.name} is of ${time(old.pod.createdAt)}; the association was created at ${time(created)}.`,
            ),
          );
    },
  },
  'association-other-role': {
    mechanism: 'pod-identity',
    symptoms: [],
    judge: ({ aws, attempt, cluster }) => {
      const wanted = attempt.roleArn;
      // With an annotation besides, both are at odds, which is another cause.
      if ((cluster?.serviceAccount?.roleArn ?? null) !== null) return null;
      const associations = aws?.associations ?? [];
      if (wanted === undefined || associations.length === 0) return null;
      const other = associations.find(
        ({ roleArn, targetRoleArn }) => roleArn !== wanted && targetRoleArn !== wanted,
      );
      return other === undefined
        ? 'refuted'
        : proven(
            `the association gives ${other.roleArn}, not ${wanted}`,
            evidence('provider', `Association ${other.id} has role ${other.roleArn}.`),
          );
    },
  },
} as const satisfies CauseRules;
