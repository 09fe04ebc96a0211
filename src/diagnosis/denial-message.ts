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
