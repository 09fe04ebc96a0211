// Texts for the causes of Pod Identity beyond association, trust and agent; pod-identity.ts judges them.
import type { TextsOf } from '../cause.ts';
import type { POD_IDENTITY_CAUSES } from './pod-identity.ts';
import { LIST_ASSOCIATIONS, OF_POD_IDENTITY, RESTART, UPDATE_TRUST_POLICY } from './shared-texts.ts';

export const POD_IDENTITY_TEXTS: TextsOf<typeof POD_IDENTITY_CAUSES> = {
  'target-role-refused': {
    ...OF_POD_IDENTITY,
    title: 'The first role may not assume the second: a target role, often of another account',
    root: 'trust_policy',
    prints: [
      'User: arn:aws:sts::111122223333:assumed-role/a/s is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/b',
    ],
    trail: "A denied AssumeRole in the caller's account; nothing in the account of the target role",
    proves: 'The message names both roles.',
    suggests: 'Nothing.',
    who: 'the owners of both roles',
    immediate:
      "Let the first role's policy allow sts:AssumeRole and sts:TagSession on the second, and the second's trust policy admit the first.",
    longTerm: 'Bind the second role to the first by external id or tags.',
    actions: [
      {
        command:
          'aws iam simulate-principal-policy --policy-source-arn <denied-role-arn> --action-names sts:AssumeRole',
        safety: 'GREEN',
        needs: 'nobody',
      },
      {
        ...UPDATE_TRUST_POLICY,
        command: UPDATE_TRUST_POLICY.command.replace('<role>', '<target-role>'),
      },
    ],
    tell: LIST_ASSOCIATIONS,
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html'],
  },
  'sdk-without-container-credentials': {
    ...OF_POD_IDENTITY,
    title: 'The SDK is too old to know Pod Identity',
    root: 'sdk',
    prints: [
      'Unsupported host "169.254.170.23". Can only retrieve metadata from these hosts: 169.254.170.2, localhost, 127.0.0.1',
    ],
    trail: "Nothing, or calls of the node's role",
    proves: "The SDK refuses the agent's address.",
    suggests:
      'A container that has AWS_CONTAINER_CREDENTIALS_FULL_URI and whose client finds no credentials.',
    who: 'the owner of the workload',
    immediate: 'Update the SDK to a version that knows Pod Identity.',
    longTerm: 'Check SDK versions against the table of minimum versions.',
    actions: [
      {
        command: "kubectl get pods -n <namespace> -o jsonpath='{..image}'",
        safety: 'GREEN',
        needs: 'nobody',
      },
    ],
    tell: "kubectl get pods -n <namespace> -o jsonpath='{..image}'",
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-minimum-sdk.html'],
  },
  'both-mechanisms': {
    ...OF_POD_IDENTITY,
    title: 'IRSA and Pod Identity at once, with different roles',
    prints: [],
    trail: 'Sessions of both kinds for one ServiceAccount, or of one where the other was expected',
    proves:
      "The ServiceAccount is annotated and has an association, and the roles differ. The pod shows which one wins: most SDKs try web identity before the container's credentials, and the webhook gives a pod with an association the container's credentials only.",
    suggests: 'Denied calls of the role that is not expected.',
    who: 'the owner of the workload',
    immediate: 'Remove the one that is not wanted, and restart the pods.',
    longTerm: 'Move a workload from one to the other in one step.',
    actions: [
      { command: LIST_ASSOCIATIONS, safety: 'GREEN', needs: 'nobody' },
      {
        command:
          'kubectl annotate serviceaccount <service-account> -n <namespace> eks.amazonaws.com/role-arn-',
        safety: 'YELLOW',
        needs: 'the owner of the workload',
      },
      RESTART,
    ],
    tell: "kubectl get pod <pod> -n <namespace> -o jsonpath='{.spec.containers[*].env}'",
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html'],
  },
  'node-may-not-ask-eks-auth': {
    ...OF_POD_IDENTITY,
    title: "The node's role may not call eks-auth:AssumeRoleForPodIdentity",
    prints: [
      'AccessDeniedException: User: … is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: …',
    ],
    trail: "AssumeRoleForPodIdentity with AccessDenied, by the node's role",
    proves: "The message names the node's role and the action.",
    suggests: 'Nothing.',
    who: 'whoever runs the nodes',
    immediate:
      "Give the node's role the policy AmazonEKSWorkerNodePolicy, or eks-auth:AssumeRoleForPodIdentity.",
    longTerm: 'Keep the managed policy on node roles.',
    actions: [
      {
        command:
          'aws iam attach-role-policy --role-name <node-role> --policy-arn arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy',
        safety: 'RED',
        needs: 'whoever runs the nodes, and the security team',
      },
    ],
    tell: 'aws iam list-attached-role-policies --role-name <node-role>',
    links: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html'],
  },
};
