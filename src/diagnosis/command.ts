// Fills the names of a failure into printed commands. A name that a shell could interpret stays a placeholder.
import { accountOfRole, type Case, isAssuming, roleName, STS_AUDIENCE } from './case.ts';
import { readDenial, roleOfSession } from './denial-message.ts';
import { ownerOf, partitionOf } from './policy/token-request.ts';

/** Nothing in it is special to a shell, and it cannot be taken for a flag. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9_.:/@+=,-]*$/;

/** `<role>` and its like become what the facts name; what they do not name, or not plainly, stays as it is. */
export function commandFor(template: string, one: Case): string {
  const names = namesOf(one);
  return template.replace(/<([a-z-]+)>/g, (whole, name: string) => {
    const value = names[name];
    return value !== undefined && value.length <= 2048 && PLAIN.test(value) ? value : whole;
  });
}

function namesOf(one: Case): Record<string, string | undefined> {
  const { attempt, aws, cluster } = one;
  const roleArn = attempt.roleArn ?? aws?.role?.arn;
  const issuer = attempt.issuer ?? aws?.eksCluster?.issuer ?? undefined;
  const account = accountOfRole(roleArn) ?? attempt.accountId ?? aws?.accountId;
  return {
    role: roleName(roleArn),
    'role-arn': roleArn,
    namespace: attempt.namespace,
    'service-account': attempt.serviceAccount,
    cluster: attempt.clusterName ?? aws?.eksCluster?.name,
    'cluster-arn': attempt.clusterArn ?? aws?.eksCluster?.arn,
    region: attempt.region ?? regionOf(issuer),
    issuer,
    account,
    audience: attempt.audience ?? STS_AUDIENCE,
    'provider-arn':
      account === undefined || issuer === undefined
        ? undefined
        : `arn:${ownerOf(roleArn ?? '')?.partition ?? partitionOf(issuer)}:iam::${account}:oidc-provider/${issuer}`,
    pod: cluster?.pods?.[0]?.name,
    association: aws?.associations?.[0]?.id,
    vpc: aws?.eksCluster?.vpcId ?? undefined,
    'denied-action': deniedAction(one),
    'denied-role': roleName(deniedRole(one)),
    'denied-role-arn': deniedRole(one),
    'target-role': roleName(deniedResource(one)),
  };
}

function deniedAction({ lines, attempt }: Case): string | undefined {
  const said = lines.map((line) => readDenial(line)?.action ?? null).find((action) => action !== null);
  return said ?? attempt.action;
}

/** The role whose call was denied: where that is the assumption of another role, it is the one that asked. */
function deniedRole({ lines, attempt }: Case): string | undefined {
  const callers = lines.map((line) => roleOfSession(readDenial(line)?.caller ?? null));
  const caller = callers.find((one) => one !== null) ?? undefined;
  return isAssuming(attempt.action) ? caller : (attempt.roleArn ?? caller);
}

function deniedResource({ lines }: Case): string | undefined {
  return lines.map((line) => readDenial(line)?.resource).find((resource) => resource != null) ?? undefined;
}

/** Of an EKS issuer: `oidc.eks.<region>.amazonaws.com/id/…`. */
export function regionOf(issuer: string | undefined): string | undefined {
  return /^oidc\.eks\.([a-z0-9-]+)\.amazonaws\.com/.exec(issuer ?? '')?.[1];
}
