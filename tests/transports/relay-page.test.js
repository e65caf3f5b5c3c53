// relay passes the contract in pages: over Chromium's own WebSocketStream, and over Firefox's WebSocket.
import { startStreamRelay } from '../../scripts/stream-relay.js';
import { testTransport } from './contract/index.js';

for (const { browser, lacks } of /** @type {const} */ ([
  { browser: 'chromium', lacks: [] },
  // A WebSocket can't be paused.
  { browser: 'firefox', lacks: ['holdsBackServer'] },
])) {
  testTransport({
    name: `relay, ${browser}`,
    page: { browser },
    lacks: ['halfClose', 'sendsAfterEnd', 'reportsRefused', ...lacks],
    start: async () => {
      const { template, close } = await startStreamRelay();
      return { args: template, close };
    },
    make: ({ relay }, template) => relay(template),
  });
}
