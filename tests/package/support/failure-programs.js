// Failure codes that take a process of their own: each with a program in it, and what makes its connection fail.
import { moduleArgs, runNode } from '../../support/process.js';
import { frame } from '../../support/servers/frame.js';
import { startAccepting, startRaw } from '../../support/servers/raw.js';
import { localhost, root } from '../../support/tls/pki.js';
import { startTls } from '../../support/tls/server.js';
import { refusingBuffers } from './refused-buffers.js';

/**
 * What a program prints; the server that it connects to is stopped.
 * @param {Promise<{ url: string, close: () => unknown }>} starting
 * @param {(url: string) => string} programOf
 * @param {string[]} [args] Node's own
 */
async function printed(starting, programOf, args = []) {
  const server = await starting;
  try {
    const { output } = await runNode([...args, ...moduleArgs(programOf(server.url))], import.meta.dirname);
    return output.trim();
  } finally {
    await server.close();
  }
}

/**
 * A program that prints the code with which a connection fails.
 * @param {{ before?: string, options?: string, entry?: string, after?: string }} [parts] statements before the import and
 *   at the end; the options, and the entry of the package or its URL, as expressions
 */
const connecting =
  ({ before = '', options = '{}', entry = "'websocket-wasm'", after = '' } = {}) =>
  (url) =>
    `
    ${before}
    const { connectionOf, native, WebSocket } = await import(${entry});
    const socket = new WebSocket('${url}', ${options});
    socket.onclose = () => console.log(connectionOf(socket).failure?.code);
    ${after}`;

const refusing = () => startRaw((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));

/** Statements after which there are no random numbers. */
const NO_RANDOMNESS = "crypto.getRandomValues = () => { throw new Error('none'); };";

/** The entry for pages, whose WebAssembly Node's `fetch` doesn't get: it takes no `file:` URL. */
const PAGE_ENTRY = "new URL('dist/web.js', import.meta.resolve('websocket-wasm/package.json')).href";

/** Statements after which the core has a function that traps. */
const TRAPPING = `
  const { initSync } = await import('websocket-wasm/slim');
  const { trappingWasm } = await import('../../support/wasm.js');
  initSync(trappingWasm(new URL(import.meta.resolve('websocket-wasm/websocket_wasm.wasm'))));`;

/** @type {Record<string, () => Promise<string>>} */
export const PROGRAMS = {
  'proxy-invalid': () =>
    printed(
      refusing(),
      connecting({
        before: "Object.assign(process.env, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'gopher://proxy', NO_PROXY: '' });",
      }),
    ),
  'tls-unavailable': () =>
    printed(startTls({ certificate: localhost() }), (url) =>
      connecting({ before: NO_RANDOMNESS, options: `{ tls: ${JSON.stringify({ ca: root().certPem })} }` })(
        url.replace('127.0.0.1', 'localhost'),
      ),
    ),
  'out-of-memory': () =>
    printed(
      startAccepting((socket) => socket.write(frame(0x82, Buffer.alloc(5_000)))),
      connecting(),
      refusingBuffers(5_000),
    ),
  'no-randomness': () => printed(refusing(), connecting({ before: NO_RANDOMNESS })),
  'core-stopped': () =>
    printed(
      startAccepting(),
      connecting({
        before: TRAPPING,
        entry: "'websocket-wasm/slim'",
        after: 'socket.onopen = () => connectionOf(socket).trace(() => {});',
      }),
    ),
  'wasm-load-failed': () => printed(refusing(), connecting({ entry: PAGE_ENTRY })),
  'not-reported': () =>
    printed(
      refusing(),
      connecting({
        before: "const { WebSocket: Ws } = await import('ws'); globalThis.WebSocket = Ws;",
        options: '{ transport: native }',
      }),
    ),
};
