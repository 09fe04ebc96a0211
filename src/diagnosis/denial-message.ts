// Reads the message of a denied call: who, which action, which resource, and the kind of policy that decided.

export interface Denial {
  readonly caller: string | null;
  /** `s3:GetObject`; null where the message does not say. */
  readonly action: string | null;
  readonly resource: string | null;
  /** As the message spells it: `identity-based policy`, `service control policy`. */
  readonly kind: string | null;
  readonly isExplicit: boolean;
}

const KIND =
  /because no ([a-z-]+(?: [a-z]+)? policy|permissions boundary|VPC endpoint policy) allows the|with an explicit deny in an? ([a-z-]+(?: [a-z]+)? policy|permissions boundary|VPC endpoint policy)/i;

/** The role of an assumed-role session, its path left out as the session's ARN has it; null for any other caller. */
export function roleOfSession(caller: string | null): string | null {
  const [, partition, account, name] =
    /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller ?? '') ?? [];
  return name === undefined ? null : `arn:${partition}:iam::${account}:role/${name}`;
}

/** Whether a session is that of a node, whose name is the instance's id. */
export function isOfNode(caller: string | null): boolean {
  return /\/i-[0-9a-f]{8,17}$/.test(caller ?? '');
}

/** Whether the caller is somebody else than a pod with a role of its own: a node, or a user. */
export function isOfAnother(caller: string | null): boolean {
  return isOfNode(caller) || /:iam::\d{12}:user\//.test(caller ?? '');
}

/**
 * Null where the text is no refusal.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function readDenial(text: string): Denial | null {
  const asked =
    /(?:User: (\S+) )?is not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)(?: on resource: (\S+))?/.exec(
      text,
    );
  if (asked === null && !/\bAccess ?Denied\b|AccessDeniedException|UnauthorizedOperation/i.test(text))
    return null;
  const kind = KIND.exec(text);
  const named = kind?.[1] ?? kind?.[2] ?? null;
  return {
    caller: asked?.[1] ?? null,
    action: asked?.[2] ?? null,
    resource: asked?.[3]?.replace(/^["']+|["',.]+$/g, '') ?? null,
    kind: named === null ? null : named.replace(/^vpc/i, 'VPC'),
    isExplicit: kind?.[2] !== undefined,
  };
}
