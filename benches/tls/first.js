// Prints the CPU time of a process's first handshake, in milliseconds, and before it that of loading the package's TLS:
// `node first.js CLIENT PORT CA`.
import { tls } from 'websocket-wasm';
import { timed } from '../harness/clock.js';
import { CLIENTS } from './clients.js';

const [client, port, ca] = process.argv.slice(2);
// A transport that fails late: the module is loaded meanwhile.
const nowhere = tls(() => new Promise((_, reject) => setTimeout(reject, 1_000, new Error('not here'))), { ca });
const target = { hostname: 'localhost', port: 1, secure: true, url: 'wss://localhost:1/' };
const loading = await timed(async () => {
  if (client !== 'ours') return;
  await Promise.allSettled([nowhere({ ...target, signal: new AbortController().signal })]);
});
const first = await timed(() => CLIENTS[client](ca)(Number(port), 'localhost'));
console.log(JSON.stringify({ loading: loading.cpu / 1000, first: first.cpu / 1000 }));
process.exit();
