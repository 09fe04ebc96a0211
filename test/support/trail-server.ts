// Owns a server that answers for CloudTrail on 127.0.0.1, in its own protocol, what a test says of a trail.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TrailServer {
  url: string;
  /** By operation: `GetTrail`. What is not said is an error that names the trail as missing. */
  answers: Record<string, unknown>;
  /** As IAM calls what was asked: `cloudtrail:GetTrail`. */
  actions: Set<string>;
  stop(): Promise<void>;
}

export async function startTrailServer(): Promise<TrailServer> {
  const server: TrailServer = { url: '', answers: {}, actions: new Set(), stop: async () => {} };
  const http = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    server.actions.add(`cloudtrail:${operation}`);
    const answer = server.answers[operation];
    const missing = { __type: 'TrailNotFoundException', message: 'Unknown trail' };
    request.resume().on('end', () => {
      response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer ?? missing));
    });
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
