// Workers that run the check, and their pages.
import { FROM_NODE_MODULES, html, makeProject } from './project.js';

/** By kind: the page's script, and what the worker does with `ran`, a promise of the result. */
const KINDS = {
  dedicated: {
    page: `const worker = new Worker('worker.js' + location.search, { type: 'module' });
    worker.onmessage = ({ data }) => { globalThis.result = data; };`,
    worker: 'ran.then((result) => postMessage(result));',
  },
  shared: {
    page: `const { port } = new SharedWorker('worker.js' + location.search, { type: 'module' });
    port.onmessage = ({ data }) => { globalThis.result = data; };`,
    worker: 'onconnect = ({ ports: [port] }) => ran.then((result) => port.postMessage(result));',
  },
  service: {
    page: `await navigator.serviceWorker.register('worker.js' + location.search, { type: 'module' });
    navigator.serviceWorker.onmessage = ({ data }) => { globalThis.result = data; };
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage('run');`,
    worker: `addEventListener('message', (event) =>
    event.waitUntil(ran.then((result) => event.source.postMessage(result))));`,
  },
};

/**
 * Makes the project of a worker.
 * @param {string} name
 * @param {keyof typeof KINDS} kind
 * @param {any} [servers] with them, the worker checks TLS through the relay
 * @returns {string} the path of its page
 */
export function worker(name, kind, servers) {
  const { page, worker } = KINDS[kind];
  const checked = servers
    ? `checkTls(ours, { transport: ours.wisp('${servers.relay}'), ...${JSON.stringify(servers.tls)} })`
    : 'check(ours.WebSocket, decodeURIComponent(location.search.slice(1)))';
  const script = `import * as ours from '${FROM_NODE_MODULES}/browser.js';
import { check, checkTls } from './check.js';
const ran = ${checked}.catch((error) => \`\${error}\`);
${worker}
`;
  makeProject(name, { 'index.html': html(page), 'worker.js': script });
  return `${name}/index.html`;
}
