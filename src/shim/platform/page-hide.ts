// When the document goes away (WHATWG WebSockets 7, "make disappear").

const callbacks = new Set<() => void>();

const hasDocument = Boolean(globalThis.document);

if (hasDocument) {
  globalThis.addEventListener('pagehide', () => {
    for (const callback of [...callbacks]) callback();
  });
}

/**
 * Calls `callback` when the document goes away.
 *
 * @returns a function that unregisters the callback
 */
export function onPageHide(callback: () => void): () => void {
  return hasDocument ? register(callback) : nothing;
}

function register(callback: () => void): () => void {
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function nothing(): void {}
