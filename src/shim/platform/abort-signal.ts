// AbortSignals of users. However many sockets share one, it has a single listener of ours, and only while one waits.
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `callback` when `signal` aborts, or at once where it has aborted.
 *
 * @returns a function that unregisters it; to be called once it no longer matters whether the signal aborts
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) return () => {};
  if (signal.aborted) {
    callback();
    return () => {};
  }
  const callbacks = waiting.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0 && waiting.get(signal) === callbacks) forget(signal);
  };
}

const listeners = new WeakMap<AbortSignal, () => void>();

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  const listener = () => {
    // A script may dispatch such an event by itself.
    if (!signal.aborted) return;
    forget(signal);
    for (const callback of [...callbacks]) callback();
  };
  signal.addEventListener('abort', listener);
  listeners.set(signal, listener);
  waiting.set(signal, callbacks);
  return callbacks;
}

function forget(signal: AbortSignal): void {
  const listener = listeners.get(signal);
  if (listener) signal.removeEventListener('abort', listener);
  waiting.delete(signal);
}
