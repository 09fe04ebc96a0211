// Owns a server that answers for IAM on 127.0.0.1, in its own protocol (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html).
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface IamServer {
  url: string;
  /** By ARN; of what is not here IAM says that there is no such entity. */
  providers: Record<string, { audiences: string[]; thumbprints: string[] }>;
  /** Whether it refuses all requests for being too many. */
  isDown: boolean;
  /** As IAM calls what was asked: `iam:GetOpenIDConnectProvider`. */
  actions: Set<string>;
  stop(): Promise<void>;
}

export async function startIamServer(): Promise<IamServer> {
  const server: IamServer = {
    url: '',
    providers: {},
    isDown: false,
    actions: new Set(),
    stop: async () => {},
  };
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const asked = new URLSearchParams(body);
    server.actions.add(`iam:${asked.get('Action')}`);
    const provider = server.providers[asked.get('OpenIDConnectProviderArn') ?? ''];
    const reply = (status: number, xml: string) =>
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    const error = (status: number, code: string, message: string) =>
      reply(
        status,
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    if (server.isDown) return error(400, 'Throttling', 'Rate exceeded');
    if (provider === undefined) return error(404, 'NoSuchEntity', 'OpenIDConnect Provider not found');
    const members = (texts: string[]) => texts.map((text) => `<member>${text}</member>`).join('');
    return reply(
      200,
      `<GetOpenIDConnectProviderResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetOpenIDConnectProviderResult>` +
        `<ClientIDList>${members(provider.audiences)}</ClientIDList><ThumbprintList>${members(provider.thumbprints)}</ThumbprintList>` +
        '</GetOpenIDConnectProviderResult></GetOpenIDConnectProviderResponse>',
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  server.stop = async () => {
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  };
  return server;
}
