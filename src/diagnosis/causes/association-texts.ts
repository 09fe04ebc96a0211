// Texts for the causes in the Pod Identity association; association.ts judges them.
import type { TextsOf } from '../cause.ts';
import type { ASSOCIATION_CAUSES } from './association.ts';
import { LIST_ASSOCIATIONS, OF_POD_IDENTITY, RESTART } from './shared-texts.ts';

const CREATE = {
  command:
    'aws eks create-pod-identity-association --cluster-name <cluster> --namespace <namespace> --service-account <service-account> --role-arn <role-arn>',
  safety: 'YELLOW',
  needs: 'the owner of the workload and whoever may pass the role',
} as const;

export const ASSOCIATION_TEXTS: TextsOf<typeof ASSOCIATION_CAUSES> = {
  'association-missing': {
    ...OF_POD_IDENTITY,
    title: 'No Pod Identity association for the ServiceAccount',
    prints: ['ResourceNotFoundException: No Pod Identity association found'],
    trail:
      'AssumeRoleForPodIdentity with ResourceNotFoundException; DeletePodIdentityAssociation where one was deleted',
    proves: 'EKS says so; or its list of associations has none for the ServiceAccount.',
    suggests: 'DeletePodIdentityAssociation in the trail.',
    immediate: 'Create the association and restart the pods: the variables are set when a pod is created.',
    longTerm: 'Create the association with the workload.',
    actions: [{ command: LIST_ASSOCIATIONS, safety: 'GREEN', needs: 'nobody' }, CREATE, RESTART],
    tell: LIST_ASSOCIATIONS,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html'],
  },
  'pod-older-than-association': {
    ...OF_POD_IDENTITY,
    title: 'The pod is older than the Pod Identity association',
    prints: [],
    trail: "Nothing: EKS is never asked for this pod. Calls of the node's role may appear instead",
    proves: 'The pod was created before the association and lacks AWS_CONTAINER_CREDENTIALS_FULL_URI.',
    suggests: 'Of the pods of one ServiceAccount, only the older ones fail.',
    who: 'the owner of the workload',
    immediate: 'Restart the pods: the variables are set when a pod is created.',
    longTerm: 'Create the association before the workload.',
    actions: [
      {
        command: 'kubectl get pods -n <namespace> --sort-by=.metadata.creationTimestamp',
        safety: 'GREEN',
        needs: 'nobody',
      },
      RESTART,
    ],
    tell: LIST_ASSOCIATIONS,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html'],
  },
  'association-other-role': {
    ...OF_POD_IDENTITY,
    title: 'The association gives another role',
    prints: [],
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
  },
};
