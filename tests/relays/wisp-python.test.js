// needs: pip:wisp-python
// wisp passes the contract through wisp-python, a relay of version 1 which refuses the subprotocol of version 2.
import { freePort } from '../../scripts/servers.js';
import { pythonProgram } from '../../scripts/setup/python.js';
import * as exports from '../package/support/installed.js';
import { startProgram } from '../support/relays/program.js';
import { testTransport } from '../transports/contract/index.js';

testTransport({
  name: 'wisp, wisp-python',
  exports,
  // Wisp ends both directions at once.
  lacks: ['halfClose', 'sendsAfterEnd', 'lastBytes', 'reportsRefused', 'reportsReset', 'holdsBackServer'],
  start: async () => {
    const port = await freePort();
    const options = ['--allow-loopback', '--allow-private', '--threads=1', '--log-level=error'];
    const args = ['-m', 'wisp.server', '--host=127.0.0.1', `--port=${port}`, ...options];
    const server = await startProgram(pythonProgram('wisp-python', 'python'), args, port);
    return { args: `ws://127.0.0.1:${port}/`, close: server.close };
  },
  make: ({ wisp, WebSocket }, url) => wisp(url, { WebSocket }),
});
