// A server that speaks Athena's protocol for each test of a file, and the environment that leads clients to it.
import { afterEach, beforeEach } from 'vitest';
import {
  ATHENA_ENVIRONMENT,
  type AthenaResult,
  type AthenaServer,
  type Execute,
  startAthenaServer,
} from './athena-server.ts';

export const NOTHING: AthenaResult = { columns: [], rows: [], scannedBytes: 0 };

/** To be called once, where a file is set up; what it returns starts the server of the test that runs. */
export function athenaInTests(): (execute: Execute) => Promise<AthenaServer> {
  let server: AthenaServer | null = null;
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    Object.assign(process.env, ATHENA_ENVIRONMENT);
  });
  afterEach(async () => {
    process.env = before;
    await server?.stop();
    server = null;
  });
  return async (execute) => {
    server = await startAthenaServer(execute);
    process.env.AWS_ENDPOINT_URL_ATHENA = server.url;
    return server;
  };
}
