// The Rust core: its instances, and the shim's calls into them.
import type { CoreOptions } from '../arguments/core-options.ts';
import { DOMException } from '../platform/globals.ts';
import { type CoreSocket, guarded } from './guarded.ts';
import { Instance } from './instance.ts';
import { InstancePool } from './instance-pool.ts';

export * as EventKind from '../../../target/bindgen/event-kind.js';
export type { CoreSocket } from './guarded.ts';

/**
 * The realm's origin, which isn't that of its URL in a sandbox and in about:srcdoc. Read at the import, before a script's
 * own global variable of that name can hide it.
 */
const ORIGIN = `${globalThis.origin ?? globalThis.location?.origin ?? ''}`;

/** Once the core is loaded. */
let instances: InstancePool<Instance> | undefined;

/** Replaces the core until the core is loaded. Only `websocket-wasm/web` has one: see pending/. */
export interface PendingCore {
  checkClose(code: number | undefined, reason: string | undefined): void;
}

let pendingCore: PendingCore | undefined;

/** Sets the replacement. */
export function setPendingCore(core: PendingCore): void {
  pendingCore = core;
}

/** Instantiates the core. */
export function instantiate(compiled: WebAssembly.Module): void {
  const pool = new InstancePool((onEmpty) => new Instance(compiled, onEmpty));
  pool.take();
  instances = pool;
}

/** Whether the core is loaded. */
export function isLoaded(): boolean {
  return instances !== undefined;
}

/** The instance for a new socket. */
function takeInstance(): Instance {
  if (!instances) throw notLoaded();
  return instances.take();
}

/**
 * A socket of the core.
 *
 * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols
 * @throws {TypeError} for a header
 */
export function newSocket(
  url: string,
  base: string,
  protocols: string[],
  { headers, numbers }: CoreOptions,
): CoreSocket {
  const instance = takeInstance();
  const { Socket } = instance.bindings;
  const strings = [ORIGIN, ...headers, url, base, ...protocols];
  const bytes = new Uint8Array(new Float64Array([0, headers.length, ...numbers]).buffer);
  return guarded(
    instance,
    callInstance(instance, () => new Socket(strings, bytes)),
  );
}

/**
 * The constructor's checks of the URL and the subprotocols, for a socket that needs no core. Returns the URL, serialised.
 *
 * @throws {DOMException} `SyntaxError`
 */
export function checkArguments(url: string, base: string, protocols: string[]): string {
  const instance = takeInstance();
  return callInstance(instance, () => instance.bindings.checkArguments([url, base, ...protocols]));
}

/**
 * The checks of `close()`, for a socket that has no core.
 *
 * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
 */
export function checkClose(code: number | undefined, reason: string | undefined): void {
  if (!instances) {
    requirePending().checkClose(code, reason);
    return;
  }
  const instance = takeInstance();
  callInstance(instance, () => instance.bindings.checkClose(code, reason));
}

/** @throws {unknown} the exceptions of the interface; an `OperationError` if the instance trapped */
function callInstance<T>(instance: Instance, run: () => T): T {
  // Before the call: afterwards there may be no stack left for it.
  instance.notifySoon();
  try {
    if (!instance.stopped) return run();
  } catch (error) {
    instance.outcome(error);
  }
  throw new DOMException('The WebAssembly core stopped; the next call starts a fresh one.', 'OperationError');
}

function requirePending(): PendingCore {
  if (!pendingCore) throw notLoaded();
  return pendingCore;
}

function notLoaded(): DOMException {
  return new DOMException(
    "The WebAssembly core isn't loaded yet: with 'websocket-wasm/slim', await init() before the first WebSocket.",
    'InvalidStateError',
  );
}
