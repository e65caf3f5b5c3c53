// Runs the clauses outside of browsers: `node standalone.js ws://127.0.0.1:1234`, or with Deno or Bun. Prints JSON. With a
// second argument, the PEM of an authority, by TLS to a server of `wss:`.
import { tcp, tls, WebSocket } from '../../dist/node.js';
import { all } from './clauses/index.js';
import { runClauses } from './harness.js';

const [server, ca] = process.argv.slice(2);
const over = ca ? { wire: 'tcp-tls', transport: tls(tcp, { ca }) } : { wire: 'tcp', transport: tcp };
const given = { WebSocket, server: (path = '/echo') => server + path, scope: 'node', ...over };
const results = [];
for (const { topic, clauses } of all) {
  for (const result of await runClauses(clauses, given)) results.push({ topic, ...result });
}
console.log(JSON.stringify(results));
process.exit(0);
