// TLS beside Node's own `tls`, and `wss:` beside `ws:` through a relay in a page of Chromium: `npm run bench:tls`. Each round
// runs every case, and the lines show the median and the extremes of all rounds. The servers are in another process.
//   npm run bench:tls -- --rounds 3 handshakes bulk page
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { inRounds } from './harness/rounds.js';
import { bulkCases, print as printBulk } from './tls/bulk.js';
import { handshakeCases, print as printHandshakes } from './tls/handshakes.js';
import { pageCases, print as printPage } from './tls/page.js';

/**
 * @typedef {object} Part
 * @property {(servers: import('./tls/load.js').Servers) => Promise<{ cases: Record<string, () => Promise<any>>, close: () => Promise<void> }>} casesOf
 * @property {(results: Record<string, any[]>) => void} print
 */

/** @type {Record<string, Part>} */
const PARTS = {
  handshakes: { casesOf: handshakeCases, print: printHandshakes },
  bulk: { casesOf: bulkCases, print: printBulk },
  page: { casesOf: pageCases, print: printPage },
};

const { values, positionals: names } = parseArgs({
  options: { rounds: { type: 'string', default: '7' } },
  allowPositionals: true,
});
const peer = fork(new URL('tls/peer.js', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
try {
  const [servers] = await once(peer, 'message');
  for (const [name, { casesOf, print }] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { cases, close } = await casesOf(servers);
    try {
      print(await inRounds(cases, Number(values.rounds)));
    } finally {
      await close();
    }
  }
} finally {
  peer.disconnect();
}
process.exit();
