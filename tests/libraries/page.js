// The script of a page that uses these libraries with the packed package; a bundler makes it, as for any page.
// The bundler of these pages leaves behind what is named by a URL.
import 'websocket-wasm/deflate';
import { configure, WebSocket, wisp } from 'websocket-wasm';
import { run } from './clients/index.js';

/** Called by the test: over the relay, or without one over `native`, which is the default in a page. */
function runInPage(library, { url, relay }) {
  if (relay) configure({ transport: wisp(relay) });
  return run(library, { WebSocket, by: 'global', url, drop: () => /** @type {any} */ (window).drop() });
}

Object.assign(globalThis, { runInPage });
