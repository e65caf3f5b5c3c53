// The Rust core, compiled and instantiated at import: `new WebSocket()` works on the next line.
import { initSync } from '../../target/bindgen/websocket_wasm.js';
import { inlinedWasm } from './inlined.ts';

export { checkClose, EventKind, Frame, leaveTurn, Options, Socket } from '../../target/bindgen/websocket_wasm.js';

try {
  initSync({ module: new WebAssembly.Module(inlinedWasm()) });
} catch (cause) {
  // Engines name the directive in words of their own; a page's author needs to know which one to add.
  throw new Error(
    "websocket-wasm can't compile its WebAssembly here. Under a Content-Security-Policy, script-src needs 'wasm-unsafe-eval'.",
    { cause },
  );
}
