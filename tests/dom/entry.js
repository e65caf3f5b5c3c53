// Runs the clauses in a browser: in the window itself, or in a worker that it starts.
import * as ours from '/dist/browser.js';
import { all } from './clauses/index.js';
import { runClauses } from './harness.js';

/** The platform's class. */
const platform = globalThis.WebSocket;

/**
 * @typedef {object} Job
 * @property {'window' | 'worker' | 'sharedworker'} scope
 * @property {'relay' | 'relay-tls' | 'native' | 'platform'} wire
 * @property {string} topic of the clauses
 * @property {string} server the test server's URL, without a slash at its end
 * @property {string} ca the authority of a server of `wss:`, as PEM
 * @property {string} relay the relay's URL
 */

/**
 * Runs the clauses of a job in its scope; called in the window.
 * @param {Job} job
 */
export function start(job) {
  if (job.scope === 'window') return run(job);
  const script = new URL('worker.js', import.meta.url);
  return new Promise((resolve, reject) => {
    const worker =
      job.scope === 'worker' ? new Worker(script, { type: 'module' }) : new SharedWorker(script, { type: 'module' });
    worker.onerror = (event) => reject(new Error(event.message || 'the worker could not start'));
    const port = worker instanceof Worker ? worker : worker.port;
    port.onmessage = ({ data }) => resolve(data);
    port.postMessage(job);
  });
}

/**
 * Runs the clauses of a job in this scope.
 * @param {Job} job
 */
export function run({ scope, wire, topic, server, ca, relay }) {
  const transports = {
    relay: () => ours.wisp(relay),
    'relay-tls': () => ours.wisp(relay, { tls: { ca } }),
    native: () => ours.native,
    platform: () => undefined,
  };
  const given = {
    WebSocket: wire === 'platform' ? platform : ours.WebSocket,
    server: (path = '/echo') => server + path,
    scope,
    wire,
    transport: transports[wire](),
  };
  return runClauses(all.find((entry) => entry.topic === topic)?.clauses ?? [], given);
}
