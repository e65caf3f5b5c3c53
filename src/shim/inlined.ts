// The wasm file inside the module, as text: no loader, no request, no `await`. Importing this loads the core.
import text from '#wasm';
import { loadSync } from './loading.ts';

/** The bytes of `websocket_wasm.wasm`. How they stand in the text is told in scripts/wasm-text.js. */
function inlinedWasm(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    bytes[i] = code < 0x7f ? code - 0x23 - (code > 0x5c ? 1 : 0) : code - 0xa1 + 91;
  }
  return bytes;
}

loadSync(inlinedWasm());
