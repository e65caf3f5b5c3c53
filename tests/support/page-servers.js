// A static server for a file's tests, beside a WebSocket server and a relay that connects to it.
import { after, before } from 'node:test';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { servePages } from './pages.js';
import { startDomServer } from './servers/dom.js';

/**
 * @typedef {object} Servers set once the tests run
 * @property {any} server
 * @property {import('../../scripts/servers.js').Running} relay
 * @property {{ url: string }} pages without a slash at its end
 * @property {() => Promise<void>} ready for other hooks, which Node doesn't run in order
 */

/**
 * Starts the server of the clauses, a relay and a static server.
 * @param {Parameters<typeof servePages>} served
 * @returns {Servers}
 */
export function pagesWithDomServer(...served) {
  return forAllTests(
    () => startDomServer(),
    () => served,
  );
}

/**
 * Starts an echo server, a relay and a static server.
 * @param {(servers: Servers) => Parameters<typeof servePages>} [served]
 * @param {Parameters<typeof startEcho>[0]} [options] the echo server's
 * @returns {Servers}
 */
export function pagesWithEcho(served = () => [], options = {}) {
  return forAllTests(() => startEcho(options), served);
}

function forAllTests(start, served) {
  const running = /** @type {any} */ ({});
  const startAll = async () => {
    running.server = await start();
    running.relay = await startRelay({ targets: [running.server.port] });
    running.pages = await servePages(...served(running));
  };
  let started;
  running.ready = () => {
    started ??= startAll();
    return started;
  };
  before(running.ready);
  after(async () => {
    for (const name of ['pages', 'relay', 'server']) await running[name]?.close();
  });
  return running;
}
