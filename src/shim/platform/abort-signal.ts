// Listening to a user's AbortSignal: one listener on it, however many sockets share it, and only while one needs it.
const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>();
const listenerOf = new WeakMap<AbortSignal, () => void>();

/**
 * Calls `callback` when `signal` aborts, or at once if it has aborted.
 *
 * @returns a function that unregisters the callback, to be called once it no longer matters whether the signal aborts
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) return nothing;
  if (signal.aborted) {
    callback();
    return nothing;
  }
  return register(signal, callback);
}

function nothing(): void {}

function register(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = callbacksOf.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0 && callbacksOf.get(signal) === callbacks) unlisten(signal);
  };
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  const listener = () => {
    // A script may dispatch an event of that type itself.
    if (!signal.aborted) return;
    unlisten(signal);
    for (const callback of [...callbacks]) callback();
  };
  signal.addEventListener('abort', listener);
  listenerOf.set(signal, listener);
  callbacksOf.set(signal, callbacks);
  return callbacks;
}

function unlisten(signal: AbortSignal): void {
  const listener = listenerOf.get(signal);
  if (listener) signal.removeEventListener('abort', listener);
  callbacksOf.delete(signal);
}
