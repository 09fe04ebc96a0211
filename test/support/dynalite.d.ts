// What is used of dynalite, which has no types: a DynamoDB protocol server in this process.
declare module 'dynalite' {
  import type { Server } from 'node:http';

  function dynalite(options: { createTableMs?: number; deleteTableMs?: number }): Server;
  export = dynalite;
}
