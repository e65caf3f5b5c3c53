// Counts the deliveries of a link over tcp, and those that began before the microtasks of the one before had run.
import { tcp } from 'websocket-wasm';

const url = process.argv[2];
const { hostname, port, protocol } = new URL(url);
const { signal } = new AbortController();
const link = await tcp({ hostname, port: Number(port), secure: protocol === 'wss:', url, signal });
let deliveries = 0;
let early = 0;
let isRunning = false;

async function deliver() {
  if (isRunning) early += 1;
  isRunning = true;
  deliveries += 1;
  // What the server sends meanwhile arrives at once.
  if (deliveries === 1) for (const end = performance.now() + 100; performance.now() < end; );
  for (let i = 0; i < 50; i += 1) await undefined;
  isRunning = false;
}

await new Promise((resolve, reject) => {
  link.open({ data: () => void deliver(), end: () => resolve(undefined), fail: reject });
  link.write(new TextEncoder().encode('go'), () => {});
});
link.destroy();
console.log(JSON.stringify({ ownTasks: link.ownTasks, deliveries, early }));
