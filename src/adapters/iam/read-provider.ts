// Reads an OIDC provider out of IAM: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
import { GetOpenIDConnectProviderCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { IamProvider } from '../../live/issuer-probe.ts';

/** Null where the account has no such provider. Throws what IAM says otherwise. */
export async function readIamProvider(client: IAMClient, arn: string): Promise<IamProvider | null> {
  try {
    const { ClientIDList = [], ThumbprintList = [] } = await client.send(
      new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
    );
    return { arn, audiences: ClientIDList, thumbprints: ThumbprintList };
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
}
