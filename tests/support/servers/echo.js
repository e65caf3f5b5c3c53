// An echo server for all tests of a file.
import { after, before } from 'node:test';
import { startEcho } from '../../../scripts/servers.js';

/**
 * @param {Parameters<typeof startEcho>[0]} [options]
 * @returns {Awaited<ReturnType<typeof startEcho>>} whose properties are set once the tests run
 */
export function sharedEcho(options) {
  const echo = /** @type {any} */ ({});
  before(async () => void Object.assign(echo, await startEcho(options)));
  after(() => echo.close?.());
  return echo;
}
