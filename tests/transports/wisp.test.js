// wisp passes the contract, through wisp-js.
import { startRelay } from '../../scripts/servers.js';
import * as exports from '../package/support/installed.js';
import { testTransport } from './contract/index.js';

testTransport({
  name: 'wisp',
  exports,
  // Wisp ends both directions at once, and wisp-js drops what it has of a connection that ended.
  lacks: ['halfClose', 'sendsAfterEnd', 'lastBytes', 'reportsRefused', 'reportsReset', 'holdsBackServer'],
  start: async ({ ports }) => {
    const { url, close } = await startRelay({ targets: ports });
    return { args: url, close };
  },
  make: ({ wisp, WebSocket }, url) => wisp(url, { WebSocket }),
});
