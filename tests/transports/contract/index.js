// The contract of a transport, as tests: README.md says how to use them.
import { after, before, test } from 'node:test';
import { CASES, runCase } from './cases/index.js';
import { openPage } from './page.js';
import { startServers } from './servers/index.js';
import { writeColumn } from './table.js';

/** How long a case may take, in milliseconds: it hangs if it takes longer. */
const LIMIT = 30_000;

/**
 * @typedef {object} Tested
 * @property {string} name of the table's column
 * @property {(exports: any, args: any) => (target: any) => any} make makes the transport where the cases run, from what the
 *   package exports and from `args` of `start`; in a page it must not use anything else
 * @property {import('./cases/context.js').Ability[]} [lacks] what it can't do
 * @property {(servers: import('./servers/index.js').Servers) => Promise<{ args?: any, close?: () => unknown }>} [start]
 *   starts what it needs, such as a relay; `args` must be JSON if the cases run in a page
 * @property {any} [exports] what the package exports, for cases that run in Node
 * @property {import('./page.js').Where} [page] for cases that run in a page
 */

/**
 * Registers a test for each case.
 * @param {Tested} tested
 */
export function testTransport({ name, make, lacks = [], start = async () => ({}), exports, page }) {
  /** @type {import('./servers/index.js').Servers} */
  let servers;
  /** @type {{ args?: any, close?: () => unknown }} */
  let started = {};
  /** @type {(title: string, prefix: string) => Promise<string>} */
  let run;
  /** @type {(() => unknown) | undefined} */
  let closePage;
  /** @type {Record<string, string>} */
  const column = {};

  before(async () => {
    servers = await startServers();
    started = (await start(servers)) ?? {};
    const { hostname, port, refused, stuck, ca } = servers;
    const rest = (prefix) => ({ servers: { hostname, port, refused, stuck, ca }, lacks, prefix });
    if (page) {
      const opened = await openPage(page, { make, args: started.args ?? null, ask: servers.ask });
      closePage = opened.close;
      run = (title, prefix) => opened.run(title, rest(prefix));
    } else {
      const transport = make(exports, started.args);
      run = (title, prefix) => runCase(title, exports, transport, rest(prefix), servers.ask);
    }
  });
  after(async () => {
    writeColumn(name, column);
    await closePage?.();
    await started.close?.();
    await servers?.close();
  });

  for (const [index, { title, needs }] of CASES.entries()) {
    if (needs && lacks.includes(needs)) {
      column[title] = '–';
      continue;
    }
    test(`${name}: ${title}`, { timeout: LIMIT }, async () => {
      column[title] = 'FAILED';
      column[title] = await run(title, `${index}`);
    });
  }
}
