// Reads what a client, a pod or an agent printed: the lines with known errors, and the names in them.
import { compact } from '../compact.ts';
import { withoutSecrets } from '../trail/secrets.ts';
import { accountOfRole, isAssuming } from './case.ts';
import { CATALOGUE } from './catalogue.ts';
import { readDenial, roleOfSession } from './denial-message.ts';
import type { Attempt } from './facts.ts';

/** Of lines that mean something, so many different ones are kept, and so much of each. */
const MOST_LINES = 200;
const MOST_CHARACTERS = 2_000;

/** What looks like a secret key, besides what a name tells to be one, is dropped before anything is kept. */
const SECRETS =
  /k8s-aws-v1\.[\w-]+|(?<![\w/+.:-])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40,}={0,2}(?![\w/+])/g;

/** Takes text line by line; what it keeps is bounded whatever the text. */
export class SaidReader {
  readonly #lines = new Set<string>();
  /** All lines, those that meant something, and of those the ones that had no more room. */
  readonly counts = { read: 0, kept: 0, dropped: 0 };

  /** `isMeantAnyway`: the line is kept also where it means nothing to the catalogue. */
  read(line: string, isMeantAnyway = false): void {
    this.counts.read += 1;
    const text = withoutSecrets(line.slice(0, MOST_CHARACTERS)).replace(SECRETS, '[secret]').trim();
    if (text === '' || this.#lines.has(text) || !(isMeantAnyway || isMeant(text))) return;
    if (this.#lines.size >= MOST_LINES) {
      this.counts.dropped += 1;
      return;
    }
    this.#lines.add(text);
    this.counts.kept += 1;
  }

  get lines(): string[] {
    return [...this.#lines];
  }
}

function isMeant(text: string): boolean {
  return (
    CATALOGUE.some(({ symptoms }) => symptoms.some(({ pattern }) => pattern.test(text))) ||
    readDenial(text) !== null
  );
}

const WEB_IDENTITY =
  /AssumeRoleWithWebIdentity|web ?identity|InvalidIdentityToken|OpenIDConnect|serviceaccount\/token/i;
const POD_IDENTITY = /169\.254\.170\.23|fd00:ec2::23|eks-auth|AssumeRoleForPodIdentity|pod identity/i;

/** What the lines name of the attempt; the first that names a thing is believed. */
export function attemptOf(lines: readonly string[]): Attempt {
  const find = (pattern: RegExp) => {
    for (const line of lines) {
      const found = pattern.exec(line)?.[1];
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const denial = lines.map(readDenial).find((one) => one !== null && one.action !== null);
  const subject = /system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)/.exec(lines.join('\n'));
  const role = find(/(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+)/);
  const isWeb = lines.some((line) => WEB_IDENTITY.test(line));
  const isPod = lines.some((line) => POD_IDENTITY.test(line));
  const issuer =
    find(/OpenIDConnect provider found in your account for https:\/\/([\w.:/-]+)/) ??
    find(/https:\/\/(oidc\.eks\.[\w.-]+\/id\/\w+)/);
  const action =
    denial?.action === undefined || denial.action === null ? undefined : shortAction(denial.action);
  const caller = roleOfSession(denial?.caller ?? null);
  const roleArn = isAssuming(action) || caller === null ? role : caller;
  return {
    ...(isWeb === isPod ? {} : { mechanism: isWeb ? ('irsa' as const) : ('pod-identity' as const) }),
    ...(subject === null ? {} : { namespace: subject[1] ?? '', serviceAccount: subject[2] ?? '' }),
    ...compact({
      issuer: issuer?.replace(/[.:/]+$/, ''),
      roleArn,
      accountId: accountOfRole(roleArn),
      action,
    }),
  };
}

/** `sts:AssumeRole` as the record has it, `AssumeRole`; of other services the whole. */
function shortAction(action: string): string {
  return action.replace(/^sts:/, '');
}
