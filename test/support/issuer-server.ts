// Owns an OIDC issuer on 127.0.0.1, over TLS, that says and is whatever a test wants.
import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

/** Answers a path: a body, a status, or nothing at all. */
export type Answer = (
  path: string,
) => { status?: number; body?: string; headers?: Record<string, string> } | null;

export interface IssuerServer {
  /** Host, port and path. */
  issuer: string;
  /** In PEM: what is to be trusted where it shall be. */
  certificate: string;
  /** SHA-1 of it, in hexadecimal digits. */
  thumbprint: string;
  answer: Answer;
  stop(): Promise<void>;
}

export async function startIssuerServer(lifetime: { begin: Date; end: Date }): Promise<IssuerServer> {
  const {
    private: key,
    cert,
    fingerprint,
  } = await generate([{ name: 'commonName', value: 'issuer' }], {
    notBeforeDate: lifetime.begin,
    notAfterDate: lifetime.end,
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const options: ServerOptions = { key, cert };
  const https = createServer(options, (request, response) => {
    const answered = server.answer(request.url ?? '');
    if (answered === null) return;
    response.writeHead(answered.status ?? 200, answered.headers ?? {}).end(answered.body);
  });
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const issuer = `127.0.0.1:${(https.address() as AddressInfo).port}/id/EXAMPLE`;
  const server: IssuerServer = {
    issuer,
    certificate: cert,
    thumbprint: fingerprint.replaceAll(':', '').toLowerCase(),
    answer: wellSaid(issuer),
    stop: async () => {
      https.closeAllConnections();
      https.close();
      await once(https, 'close');
    },
  };
  return server;
}

/** What an issuer that is fit says. */
export function wellSaid(issuer: string): Answer {
  return (path) => {
    const said = {
      '/id/EXAMPLE/.well-known/openid-configuration': {
        issuer: `https://${issuer}`,
        jwks_uri: `https://${issuer}/keys`,
      },
      '/id/EXAMPLE/keys': {
        keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid: '1', n: 'AQAB', e: 'AQAB' }],
      },
    }[path];
    return said === undefined ? { status: 404 } : { body: JSON.stringify(said) };
  };
}
