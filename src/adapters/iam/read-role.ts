// Reads a refused role from IAM, to find the cause: each role once in a while, and never many at once.
import {
  GetRoleCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { accountOfRole, roleName } from '../../diagnosis/case.ts';
import type { AwsFacts, ProviderFacts } from '../../diagnosis/facts.ts';
import type { Roles } from '../../ports.ts';

/** How long an answer is believed: a policy that is mended shows after this. */
const LIFE_MS = 5 * 60_000;
/** Roles that are asked of in one life, over all, and so the most that are remembered. */
const MOST = 200;

export interface RoleReading {
  readonly client: IAMClient;
  /** Roles of other accounts are not asked of. */
  readonly accountId: string;
  readonly now: () => number;
  /** Told why IAM could not be asked. */
  readonly warn: (why: string) => void;
}

export class CachedRoles implements Roles {
  readonly #reading: RoleReading;
  #answers = new Map<string, Promise<AwsFacts | null>>();
  #providers: Promise<ProviderFacts[]> | null = null;
  #begunAt = 0;

  constructor(reading: RoleReading) {
    this.#reading = reading;
  }

  of(roleArn: string): Promise<AwsFacts | null> {
    const { now, accountId, warn } = this.#reading;
    if (now() - this.#begunAt > LIFE_MS) {
      this.#answers = new Map();
      this.#providers = null;
      this.#begunAt = now();
    }
    const known = this.#answers.get(roleArn);
    if (known !== undefined) return known;
    const name = roleName(roleArn);
    if (name === undefined || accountOfRole(roleArn) !== accountId || this.#answers.size >= MOST)
      return Promise.resolve(null);
    const answer = this.#read(roleArn, name).catch((error: Error) => {
      warn(`IAM could not be asked of a role: ${error.name}`);
      return null;
    });
    this.#answers.set(roleArn, answer);
    return answer;
  }

  async #read(arn: string, RoleName: string): Promise<AwsFacts> {
    const { client, accountId } = this.#reading;
    // One list serves every role.
    this.#providers ??= this.#list().catch((error: unknown) => {
      this.#providers = null;
      throw error;
    });
    const [role, providers] = await Promise.all([
      client.send(new GetRoleCommand({ RoleName })).catch((error: unknown) => {
        if (error instanceof NoSuchEntityException) return null;
        throw error;
      }),
      this.#providers,
    ]);
    return {
      accountId,
      role: role === null ? null : { arn, trustPolicy: role.Role?.AssumeRolePolicyDocument ?? '' },
      providers,
      unread: [],
    };
  }

  async #list(): Promise<ProviderFacts[]> {
    const listed = await this.#reading.client.send(new ListOpenIDConnectProvidersCommand({}));
    return (listed.OpenIDConnectProviderList ?? []).flatMap(({ Arn }) =>
      Arn === undefined ? [] : [{ arn: Arn }],
    );
  }
}
