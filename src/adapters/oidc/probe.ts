// Checks an OIDC issuer as STS does: fetches its discovery document and keys over TLS, and checks the certificates.
import { get } from 'node:https';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { compact } from '../../compact.ts';
import type { IssuerCertificates, IssuerState } from '../../live/issuer-probe.ts';

export type ProbedIssuer = Pick<IssuerState, 'latencyMs' | 'fault' | 'certificates'>;

export interface ProbeOptions {
  /** For each of the two documents. */
  timeoutMs: number;
  /** What else is trusted beside the public authorities, in PEM. */
  ca?: string;
}

/** Far more than the documents of any issuer hold. */
const MOST_BYTES = 65_536;

interface Fetched {
  body: string;
  certificates: IssuerCertificates | null;
}

class Unreachable extends Error {}
class WrongDocument extends Error {}
class NoSigningKey extends Error {}

/** Never throws: what goes wrong is what was to be found out. `issuer` is a host with its path. */
export async function probeIssuer(issuer: string, options: ProbeOptions): Promise<ProbedIssuer> {
  const begun = performance.now();
  let certificates: IssuerCertificates | null = null;
  try {
    const discovery = await fetched(new URL(`https://${issuer}/.well-known/openid-configuration`), options);
    certificates = discovery.certificates;
    const keys = await fetched(keysOf(discovery.body, issuer), options);
    requireSigningKey(keys.body);
    return { latencyMs: Math.round(performance.now() - begun), fault: null, certificates };
  } catch (error) {
    return { latencyMs: null, fault: { kind: kindOf(error), detail: textOf(error) }, certificates };
  }
}

function kindOf(error: unknown): NonNullable<ProbedIssuer['fault']>['kind'] {
  if (error instanceof WrongDocument) return 'wrong-document';
  return error instanceof NoSigningKey ? 'no-signing-key' : 'unreachable';
}

function textOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || (code ?? String(error));
}

/** The address of the key set. https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
function keysOf(body: string, issuer: string): URL {
  const { issuer: named, jwks_uri: keys } = objectIn(body, 'discovery document');
  if (named !== `https://${issuer}`)
    throw new WrongDocument(`its issuer is ${JSON.stringify(named)?.slice(0, 200)}, not "https://${issuer}"`);
  const url = typeof keys === 'string' && URL.canParse(keys) ? new URL(keys) : null;
  // The issuer is the operator's word, its document is not: nothing leads from here to another host.
  if (url?.protocol !== 'https:' || url.host !== new URL(`https://${issuer}`).host)
    throw new WrongDocument('its jwks_uri is not an https address of the same host');
  return url;
}

/** https://www.rfc-editor.org/rfc/rfc7517#section-5; Kubernetes signs with RS256 by default, and STS takes ECDSA as well. */
function requireSigningKey(body: string): void {
  const { keys } = objectIn(body, 'key set');
  if (!Array.isArray(keys)) throw new WrongDocument('the key set has no keys');
  const signs = (key: Record<string, unknown> | null) =>
    (key?.kty === 'RSA' || key?.kty === 'EC') && (key.use === undefined || key.use === 'sig');
  if (!keys.some(signs)) throw new NoSigningKey(`none of the ${keys.length} keys is one to sign with`);
}

function objectIn(body: string, what: string): Record<string, unknown> {
  let found: unknown;
  try {
    found = JSON.parse(body);
  } catch {
    throw new WrongDocument(`the ${what} is not JSON`);
  }
  if (typeof found !== 'object' || found === null) throw new WrongDocument(`the ${what} is not an object`);
  return found as Record<string, unknown>;
}

/** Who is not trusted is still read: nothing but what is public is asked for, and IAM may go by the thumbprint. */
function fetched(url: URL, { timeoutMs, ca }: ProbeOptions): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const request = get(
      url,
      {
        agent: false,
        rejectUnauthorized: false,
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(timeoutMs),
        ...compact({ ca }),
      },
      (response) => {
        const certificates = certificatesOf(response.socket as TLSSocket);
        if (response.statusCode !== 200) {
          response.destroy();
          reject(new Unreachable(`${url.pathname} answers with status ${response.statusCode}`));
          return;
        }
        let bytes = 0;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= MOST_BYTES) chunks.push(chunk);
          else response.destroy(new WrongDocument(`${url.pathname} is longer than ${MOST_BYTES} bytes`));
        });
        response.on('error', reject);
        response.on('end', () => resolve({ body: Buffer.concat(chunks).toString(), certificates }));
      },
    );
    request.on('error', (error) =>
      reject(
        error.name === 'TimeoutError' || error.name === 'AbortError'
          ? new Unreachable(`${url.pathname} did not come within ${timeoutMs} ms`)
          : error,
      ),
    );
  });
}

/** The chain as the server sends it, up to its last. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html */
function certificatesOf(socket: TLSSocket): IssuerCertificates | null {
  let last: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  if (last.fingerprint === undefined) return null;
  let end = Number.POSITIVE_INFINITY;
  for (let one: typeof last | undefined = last; one !== undefined; ) {
    last = one;
    end = Math.min(end, Date.parse(one.valid_to));
    const issuer: DetailedPeerCertificate | undefined = one.issuerCertificate;
    one = issuer === undefined || issuer.fingerprint === one.fingerprint ? undefined : issuer;
  }
  return {
    isTrusted: socket.authorized,
    end,
    thumbprint: last.fingerprint.replaceAll(':', '').toLowerCase(),
  };
}
