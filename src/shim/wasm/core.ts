// The Rust core: its exports, and whether it is loaded yet.

import { DOMException, now } from '../platform/globals.ts';
import { type CoreOptions, type CoreSocket, exportedOf, guarded, instanceOf } from './guarded.ts';
import { Instance } from './instance.ts';

export { EventKind } from '../../../target/bindgen/instance.js';
export type { Frame } from '../../../target/bindgen/websocket_wasm.js';
export type { CoreOptions, CoreSocket } from './guarded.ts';

let compiled: WebAssembly.Module | undefined;
let live: Instance | undefined;

/** What does the core's part until the core is loaded. Only `websocket-wasm/web` has one: see early/. */
export interface StandIn {
  newOptions(): CoreOptions;
  checkClose(code: number | undefined, reason: string | undefined): void;
}

let standIn: StandIn | undefined;

/** Sets what does the core's part until it is loaded. */
export function setStandIn(early: StandIn): void {
  standIn = early;
}

/** Instantiates the core; the first one stays. */
export function instantiate(module: WebAssembly.Module): void {
  live = newInstance(module);
  compiled = module;
}

/** Whether the core is loaded. */
export function isLoaded(): boolean {
  return compiled !== undefined;
}

/** The instance for new sockets: a fresh one where the last one stopped. */
export function liveInstance(): Instance {
  if (!compiled) throw notLoaded();
  if (live?.stopped) live.notifySoon();
  if (!live || live.stopped) live = newInstance(compiled);
  return live;
}

function newInstance(module: WebAssembly.Module): Instance {
  const instance: Instance = new Instance(module, () => {
    if (live === instance) live = undefined;
  });
  return instance;
}

/**
 * A socket of the core, in the instance of its options. It takes them over.
 *
 * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols
 * @throws {TypeError} for a header
 */
export function newSocket(
  url: string,
  base: string | undefined,
  protocols: string[],
  options: CoreOptions,
): CoreSocket {
  const instance = instanceOf(options);
  const { Socket } = instance.bindings;
  return guarded(
    instance,
    attempt(instance, () => new Socket(url, base, protocols, exportedOf(options), now())),
  );
}

/** Empty options, for the instance for new sockets. */
export function newOptions(): CoreOptions {
  if (!compiled) return needed().newOptions();
  const instance = liveInstance();
  return guarded(
    instance,
    attempt(instance, () => new instance.bindings.Options()),
  );
}

/**
 * The checks of `close()` alone, for a socket that has no core.
 *
 * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
 */
export function checkClose(code: number | undefined, reason: string | undefined): void {
  if (!compiled) {
    needed().checkClose(code, reason);
    return;
  }
  const instance = liveInstance();
  attempt(instance, () => instance.bindings.checkClose(code, reason));
}

/** @throws {unknown} what the interface throws; an `OperationError` where the instance trapped */
function attempt<T>(instance: Instance, run: () => T): T {
  // Before the call: afterwards there may be no stack left for it.
  instance.notifySoon();
  try {
    if (!instance.stopped) return run();
  } catch (error) {
    instance.outcome(error);
  }
  throw new DOMException('The WebAssembly core stopped; the next call has a fresh one.', 'OperationError');
}

function needed(): StandIn {
  if (!standIn) throw notLoaded();
  return standIn;
}

function notLoaded(): DOMException {
  return new DOMException(
    "The WebAssembly core isn't loaded yet: with 'websocket-wasm/slim', await init() before the first WebSocket.",
    'InvalidStateError',
  );
}
