// Runs the clauses outside of browsers: `node standalone.js ws://127.0.0.1:1234`, or with Deno or Bun. Prints JSON.
import { tcp, WebSocket } from '../../dist/node.js';
import { all } from './clauses/index.js';
import { runClauses } from './harness.js';

const [server] = process.argv.slice(2);
const given = { WebSocket, server: (path = '/echo') => server + path, scope: 'node', wire: 'tcp', transport: tcp };
const results = [];
for (const { topic, clauses } of all) {
  for (const result of await runClauses(clauses, given)) results.push({ topic, ...result });
}
console.log(JSON.stringify(results));
process.exit(0);
