// The option `targetAddressSpace` (WICG Local Network Access): it reaches the browser's own class where that reads an option
// bag, which Chromium 156 does only with a flag; elsewhere the subprotocols are passed on alone.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';
import { startWsproxy } from '../support/servers/wsproxy.js';

const servers = pagesWithEcho();
let wsproxy;

before(async () => {
  await servers.ready();
  wsproxy = await startWsproxy([servers.server.port]);
});
after(() => wsproxy?.close());

/**
 * Whether connections open, over `native` and over relays in that space: all servers are on this machine. Over a relay it is an
 * option of the transport, of the socket, or of the socket while the transport has another one; the latter two by a
 * WebSocketStream, too.
 */
async function outcomes(page) {
  const { pages, relay, server } = servers;
  await page.goto(pages.url);
  return await page.evaluate(
    async (url, relayUrl, template) => {
      const path = '/dist/browser.js';
      const { WebSocket, connectionOf, native, wisp } = await import(path);
      const { relay } = await import(path.replace('browser', 'transports'));
      const { WebSocketStream } = await import(path.replace('browser', 'stream'));
      // The browser's own class doesn't report why.
      const failure = (socket, { transport }) =>
        transport === native ? 'failed' : `${connectionOf(socket).failure?.code}`;
      const bySocket = (options) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url, { protocols: ['chat'], ...options });
          socket.onopen = () => {
            resolve(socket.protocol);
            socket.close();
          };
          socket.onclose = () => resolve(failure(socket, options));
        });
      const byStream = async (options) => {
        const stream = new WebSocketStream(url, { protocols: ['chat'], ...options });
        stream.closed.catch(() => {});
        const opened = await stream.opened.catch(() => undefined);
        stream.close();
        return opened ? opened.protocol : failure(stream, options);
      };
      const all = {};
      for (const space of ['loopback', 'local', 'public', undefined]) {
        const options = { transport: native, targetAddressSpace: space };
        const outcomes = { native: [await bySocket(options), await byStream(options)], wisp: [], relay: [] };
        all[`${space}`] = outcomes;
        const other = space && (space === 'loopback' ? 'public' : 'loopback');
        for (const make of [
          (targetAddressSpace) => wisp(relayUrl, { targetAddressSpace }),
          (targetAddressSpace) => relay(template, { targetAddressSpace }),
        ]) {
          for (const [ofTransport, targetAddressSpace] of [[space], [undefined, space], [other, space]]) {
            const options = { transport: make(ofTransport), targetAddressSpace };
            const { name } = options.transport;
            outcomes[name].push(await bySocket(options));
            if (targetAddressSpace) outcomes[name].push(await byStream(options));
          }
        }
      }
      return all;
    },
    server.url,
    relay.url,
    wsproxy.template,
  );
}

/** What {@link outcomes} has for a space: each outcome as often as it connects. */
function expected(overNative, overRelays, hasSpace = true) {
  const relays = Array(hasSpace ? 5 : 3).fill(overRelays);
  return { native: Array(2).fill(overNative), wisp: relays, relay: relays };
}
const OPEN = expected('chat', 'chat');
const FAILED = expected('failed', 'relay-unreachable');
const WITHOUT = expected('chat', 'chat', false);

testInBrowsers(
  ['chromium'],
  'where the class reads an option bag, a connection to another address space fails',
  async (page) => {
    assert.deepEqual(await outcomes(page), { loopback: OPEN, local: FAILED, public: FAILED, undefined: WITHOUT });
  },
  ['--enable-experimental-web-platform-features'],
);

testInBrowsers(['chromium', 'firefox'], 'elsewhere it has no effect, and the connections work', async (page) => {
  assert.deepEqual(await outcomes(page), { loopback: OPEN, local: OPEN, public: OPEN, undefined: WITHOUT });
});

for (const flags of [[], ['--enable-experimental-web-platform-features']]) {
  testInBrowsers(
    ['chromium'],
    `the constructor of the class is called without a connection, ${flags.length > 0 ? 'with' : 'without'} an option bag`,
    async (page) => {
      const { pages, server } = servers;
      await page.goto(pages.url);
      const before = connections();
      const calls = await page.evaluate(async (url) => {
        const Original = globalThis.WebSocket;
        const calls = [];
        globalThis.WebSocket = class extends Original {
          constructor(url, second) {
            super(url, second);
            // Only calls that made a socket.
            calls.push([url, second]);
          }
        };
        const path = '/dist/browser.js';
        const { WebSocket, native } = await import(path);
        const socket = new WebSocket(url, { transport: native, protocols: 'chat', targetAddressSpace: 'loopback' });
        await new Promise((resolve, reject) => {
          socket.onopen = resolve;
          socket.onerror = reject;
        });
        socket.close();
        return calls;
      }, server.url);
      const second = flags.length > 0 ? { protocols: ['chat'], targetAddressSpace: 'loopback' } : ['chat'];
      assert.deepEqual(calls, [[new URL(server.url).href, second]]);
      assert.equal(connections(), before + 1);
    },
    flags,
  );
}

/** How many connections the server has had. */
function connections() {
  return Number(/^\/ .*"connections":(\d+)/.exec(servers.server.counts())?.[1] ?? 0);
}
