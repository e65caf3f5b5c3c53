// The Rust core: its exports, and whether it is there yet.
import type { Options } from '../../target/bindgen/websocket_wasm.js';
import { Instance } from './instance.ts';

export { EventKind } from '../../target/bindgen/instance.js';
export type { Frame, Options, Socket } from '../../target/bindgen/websocket_wasm.js';

let compiled: WebAssembly.Module | undefined;
let live: Instance | undefined;

/** What does the core's part until the core is there. Only `websocket-wasm/web` has one: see early/. */
export interface StandIn {
  newOptions(): Options;
  checkClose(code: number | undefined, reason: string | undefined): void;
}

let standIn: StandIn | undefined;

/** Sets who does the core's part until it is there. */
export function setStandIn(early: StandIn): void {
  standIn = early;
}

/** Instantiates the core; the first one stays. */
export function instantiate(module: WebAssembly.Module): void {
  live = newInstance(module);
  compiled = module;
}

/** Whether the core is there. */
export function isLoaded(): boolean {
  return compiled !== undefined;
}

/** The instance for new sockets: a fresh one where the last one trapped. */
export function liveInstance(): Instance {
  if (!compiled) throw notLoaded();
  live ??= newInstance(compiled);
  return live;
}

function newInstance(module: WebAssembly.Module): Instance {
  return new Instance(module, () => {
    live = undefined;
  });
}

/** Empty options, for the instance for new sockets. */
export function newOptions(): Options {
  return compiled ? new (liveInstance().bindings.Options)() : needed().newOptions();
}

/**
 * The checks of `close()` alone, for a socket that has no core.
 *
 * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
 */
export function checkClose(code: number | undefined, reason: string | undefined): void {
  if (compiled) liveInstance().bindings.checkClose(code, reason);
  else needed().checkClose(code, reason);
}

function needed(): StandIn {
  if (!standIn) throw notLoaded();
  return standIn;
}

function notLoaded(): DOMException {
  return new DOMException(
    "The WebAssembly isn't there yet: with 'websocket-wasm/slim', await init() before the first WebSocket.",
    'InvalidStateError',
  );
}
