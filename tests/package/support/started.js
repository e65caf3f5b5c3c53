// Servers that all tests of a file share.
import { after } from 'node:test';

const closers = [];
after(() => Promise.all(closers.map((close) => close())));

/**
 * The server, which is closed after the tests.
 * @template {{ close: () => unknown }} Server
 * @param {Promise<Server>} starting
 */
export async function started(starting) {
  const server = await starting;
  closers.push(() => server.close());
  return server;
}
