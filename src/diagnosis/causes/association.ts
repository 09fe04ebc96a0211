// Causes in the Pod Identity association: none, or one of another role.
import { type Cause, evidence, likely, possible, proven } from '../cause.ts';
import { LIST_ASSOCIATIONS, OF_POD_IDENTITY, RESTART, usesIrsa } from './shared.ts';

const CREATE = {
  command:
    'aws eks create-pod-identity-association --cluster-name <cluster> --namespace <namespace> --service-account <service-account> --role-arn <role-arn>',
  safety: 'YELLOW',
  needs: 'the owner of the workload and whoever may pass the role',
} as const;

export const ASSOCIATION_CAUSES: readonly Cause[] = [
  {
    ...OF_POD_IDENTITY,
    id: 'association-missing',
    title: 'No Pod Identity association for the ServiceAccount',
    symptoms: [
      {
        text: 'ResourceNotFoundException: No Pod Identity association found',
        pattern:
          /ResourceNotFoundException.{0,200}(association|pod identity)|no (pod identity )?association( was)? found/i,
        means: 'proven',
      },
    ],
    trail:
      'AssumeRoleForPodIdentity with ResourceNotFoundException; DeletePodIdentityAssociation where one was deleted',
    proves: 'EKS says so; or its list of associations has none for the ServiceAccount.',
    suggests: 'DeletePodIdentityAssociation in the trail.',
    immediate: 'Create the association and restart the pods: the variables are set when a pod is created.',
    longTerm: 'Create the association with the workload.',
    actions: [{ command: LIST_ASSOCIATIONS, safety: 'GREEN', needs: 'nobody' }, CREATE, RESTART],
    tell: LIST_ASSOCIATIONS,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html'],
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
      const gone = trail?.changes.find(({ eventName }) => eventName === 'DeletePodIdentityAssociation');
      return gone === undefined
        ? null
        : likely(
            `the association was deleted at ${new Date(gone.at).toISOString()} by ${gone.by}`,
            evidence('trail', `DeletePodIdentityAssociation of ${gone.target} by ${gone.by}.`),
          );
    },
  },
  {
    ...OF_POD_IDENTITY,
    id: 'association-other-role',
    title: 'The association gives another role',
    symptoms: [],
    trail: 'Sessions of the workload with the other role, and its denied calls',
    proves: "The association's role is not the one that was asked about.",
    suggests: 'Denied calls of a role that is not the one expected.',
    immediate: 'Set the role of the association and restart the pods.',
    longTerm: 'Keep associations in the same source as the roles.',
    actions: [
      { command: LIST_ASSOCIATIONS, safety: 'GREEN', needs: 'nobody' },
      {
        command:
          'aws eks update-pod-identity-association --cluster-name <cluster> --association-id <association> --role-arn <role-arn>',
        safety: 'YELLOW',
        needs: 'the owner of the workload and whoever may pass the role',
      },
    ],
    tell: LIST_ASSOCIATIONS,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html'],
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
];
