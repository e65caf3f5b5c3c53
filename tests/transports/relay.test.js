// relay passes the contract in Node: over this package's class and over npm `ws`, through relays of both kinds.
import { WebSocket as Ws } from 'ws';
import { startStreamRelay } from '../../scripts/stream-relay.js';
import * as exports from '../package/support/installed.js';
import { startWsproxy } from '../support/servers/wsproxy.js';
import { testTransport } from './contract/index.js';

/** What isn't possible over a class with the interface of WebSocket: it ends both directions, and can't be paused. */
const LACKS = /** @type {const} */ (['halfClose', 'sendsAfterEnd', 'reportsRefused', 'holdsBackServer']);

testTransport({
  name: 'relay, wsproxy',
  exports,
  // wisp-js reads whatever comes, and drops what it has of a connection that ended, in whichever way.
  lacks: [...LACKS, 'lastBytes', 'reportsReset', 'isHeldBack'],
  start: async ({ ports }) => {
    const { template, close } = await startWsproxy(ports);
    return { args: template, close };
  },
  make: ({ relay, tcp, WebSocket }, template) => {
    class Carrier extends WebSocket {
      constructor(url, protocols) {
        super(url, { protocols, transport: tcp });
      }
    }
    return relay(template, { WebSocket: Carrier });
  },
});

testTransport({
  name: 'relay, ws',
  exports,
  lacks: [...LACKS],
  start: async () => {
    const { template, close } = await startStreamRelay();
    return { args: template, close };
  },
  make: ({ relay }, template) => relay(template, { WebSocket: Ws }),
});
