// needs: npm:consumers
// relay passes the contract through the relays of examples/: relay-node, which has back-pressure, and relay-worker under
// workerd.
import { WebSocket as Ws } from 'ws';
import * as exports from '../package/support/installed.js';
import { startRelayNode } from '../support/relays/node.js';
import { startRelayWorker } from '../support/relays/worker.js';
import { testTransport } from '../transports/contract/index.js';

/** What isn't possible over a class with the interface of WebSocket: it ends both directions, and can't be paused. */
const LACKS = /** @type {const} */ (['halfClose', 'sendsAfterEnd', 'reportsRefused', 'holdsBackServer']);

/** The targets of the cases. */
const targetsOf = ({ hostname, ports }) =>
  [hostname, 'localhost', 'nowhere.invalid'].flatMap((name) => ports.map((port) => `${name}:${port}`));

const make = ({ relay }, template) => relay(template, { WebSocket: Ws });

testTransport({
  name: 'relay, relay-node',
  exports,
  lacks: [...LACKS],
  start: async (servers) => {
    const limits = { RELAY_MAX_CARRIERS: '1000', RELAY_MAX_SOCKETS: '1000' };
    const { template, close } = await startRelayNode(targetsOf(servers), limits);
    return { args: template, close };
  },
  make,
});

testTransport({
  name: 'relay, relay-worker',
  exports,
  // The Worker can't stop a client: it closes the connection of one that sends too much.
  lacks: [...LACKS, 'isHeldBack'],
  start: async (servers) => {
    const { template, close } = await startRelayWorker(targetsOf(servers));
    return { args: template, close };
  },
  make,
});
