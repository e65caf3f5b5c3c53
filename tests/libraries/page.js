// The script of a page that uses these libraries with the packed package. The test bundles it, without codec.wasm, which
// the package refers to by URL: so the codec is imported.
import 'websocket-wasm/deflate';
import { configure, WebSocket, wisp } from 'websocket-wasm';
import { run } from './clients/index.js';

/** Called by the test. Without a relay the transport is `native`, the default in a page. */
function runInPage(library, { url, relay }) {
  if (relay) configure({ transport: wisp(relay) });
  return run(library, { WebSocket, by: 'global', url, drop: () => /** @type {any} */ (window).drop() });
}

Object.assign(globalThis, { runInPage });
