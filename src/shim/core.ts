// The Rust core: its exports, and whether it is there yet.
import * as wasm from '../../target/bindgen/websocket_wasm.js';

export { EventKind, Frame, leaveTurn, type Options, Socket } from '../../target/bindgen/websocket_wasm.js';

let loaded = false;

/** What does the core's part until the core is there. Only `websocket-wasm/web` has one: see early/. */
export interface StandIn {
  newOptions(): wasm.Options;
  checkClose(code: number | undefined, reason: string | undefined): void;
}

let standIn: StandIn | undefined;

/** Sets who does the core's part until it is there. */
export function setStandIn(early: StandIn): void {
  standIn = early;
}

/** Instantiates the core; the first one stays. */
export function instantiate(module: WebAssembly.Module): void {
  wasm.initSync({ module });
  loaded = true;
}

/** Whether the core is there. */
export function isLoaded(): boolean {
  return loaded;
}

/** Empty options. */
export function newOptions(): wasm.Options {
  return loaded ? new wasm.Options() : needed().newOptions();
}

/**
 * The checks of `close()` alone, for a socket that has no core.
 *
 * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
 */
export function checkClose(code: number | undefined, reason: string | undefined): void {
  if (loaded) wasm.checkClose(code, reason);
  else needed().checkClose(code, reason);
}

function needed(): StandIn {
  if (!standIn) {
    throw new DOMException(
      "The WebAssembly isn't there yet: with 'websocket-wasm/slim', await init() before the first WebSocket.",
      'InvalidStateError',
    );
  }
  return standIn;
}
