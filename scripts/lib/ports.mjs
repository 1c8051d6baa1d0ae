import { createServer } from 'node:net';
import { Problem } from './problem.mjs';

const host = '127.0.0.1';

/** Binds a port for a moment; resolves with its number, or rejects as `listen` does (EADDRINUSE, EACCES). */
function bind(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

/**
 * A port that is free on the loopback interface.
 * @param {number | undefined} wanted this one and no other; without it, the first free one from `first` on
 * @param {number} [first] 0: any
 * @throws {Problem} when `wanted` is taken, or nothing near `first` is free
 */
export async function freePort(wanted, first = 0) {
  const candidates =
    wanted === undefined ? Array.from({ length: first === 0 ? 1 : 50 }, (_, i) => first + i) : [wanted];
  for (const port of candidates) {
    try {
      return await bind(port);
    } catch (error) {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') continue;
      throw error;
    }
  }
  throw new Problem(
    wanted === undefined
      ? `No port from ${first} to ${candidates.at(-1)} is free on ${host}.`
      : `Port ${wanted} on ${host} cannot be used.`,
    { why: 'Another program listens there, or this user may not.', next: 'Choose another one with --port N.' },
  );
}
