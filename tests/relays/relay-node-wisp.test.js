// wisp passes the contract through examples/relay-node, whose sockets keep more promises than wisp-js's own.
import * as exports from '../package/support/installed.js';
import { startRelayNode } from '../support/relays/node.js';
import { testTransport } from '../transports/contract/index.js';

testTransport({
  name: 'wisp, relay-node',
  exports,
  // Wisp ends both directions at once.
  lacks: ['halfClose', 'sendsAfterEnd', 'reportsRefused', 'holdsBackServer'],
  start: async ({ hostname, ports }) => {
    const limits = { RELAY_MAX_CARRIERS: '1000', RELAY_MAX_SOCKETS: '1000' };
    const names = [hostname, 'localhost', 'nowhere.invalid'];
    const targets = names.flatMap((name) => ports.map((port) => `${name}:${port}`));
    const relay = await startRelayNode(targets, limits);
    return { args: relay.wisp, close: relay.close };
  },
  make: ({ wisp, WebSocket }, url) => wisp(url, { WebSocket }),
});
