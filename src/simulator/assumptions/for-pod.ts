// Owns how EKS Pod Identity hands out sessions: EKS Auth assumes the role and tags the session with the pod.

import type { Tag } from '../plan.ts';
import { openSession, podIdentitySessionName, type Session } from '../sessions.ts';
import type { Stage } from '../stage.ts';
import type { Client, Pod } from '../world.ts';

const SIX_HOURS = 21_600;
const PODS_CLIENT: Client = {
  address: 'pods.eks.amazonaws.com',
  userAgent: 'pods.eks.amazonaws.com',
  vpcEndpointId: null,
};

/** EKS Auth's AssumeRole for a pod, with the six session tags unless the association disables them. */
export function issuePodIdentity(stage: Stage, pod: Pod, why: string, at = stage.now): Session {
  const { workload } = pod;
  const isTagged = !workload.quirks.has('untagged');
  const session = openSession(stage.random, {
    origin: 'pod-identity',
    role: workload.role,
    name: podIdentitySessionName(stage.random, workload.cluster.name, pod.name),
    startedAt: at,
    seconds: SIX_HOURS,
    client: pod.client,
    pod,
    isTagged,
  });
  stage.emit({
    at,
    account: workload.role.account,
    region: workload.cluster.region,
    why,
    principal: { kind: 'service', service: 'pods.eks.amazonaws.com', pod },
    action: {
      kind: 'assume-role',
      assumption: {
        role: workload.role,
        sessionName: session.name,
        seconds: SIX_HOURS,
        session,
        tags: isTagged ? podTags(pod) : [],
        incomingTags: [],
      },
    },
    outcome: 'success',
    client: PODS_CLIENT,
    isShared: true,
  });
  return session;
}

export function podTags({ name, uid, workload }: Pod): Tag[] {
  return [
    { key: 'eks-cluster-arn', value: workload.cluster.arn },
    { key: 'eks-cluster-name', value: workload.cluster.name },
    { key: 'kubernetes-namespace', value: workload.namespace },
    { key: 'kubernetes-service-account', value: workload.serviceAccount },
    { key: 'kubernetes-pod-name', value: name },
    { key: 'kubernetes-pod-uid', value: uid },
  ];
}
