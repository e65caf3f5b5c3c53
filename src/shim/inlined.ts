// The wasm file inside the module, as text: no loader, no request, no `await`.
import base64 from '#wasm';

/** The bytes of `websocket_wasm.wasm`. */
export function inlinedWasm(): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}
