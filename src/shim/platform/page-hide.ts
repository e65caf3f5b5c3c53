// When the document goes away (WHATWG WebSockets 7, "make disappear").

export interface PageHideListener {
  /** The document goes away. */
  goAway(): void;
}

const listeners = new Set<PageHideListener>();

const hasDocument = Boolean(globalThis.document);

if (hasDocument) {
  globalThis.addEventListener('pagehide', () => {
    for (const listener of [...listeners]) listener.goAway();
  });
}

/** Calls the listener when the document goes away, until it is removed. */
export function addPageHideListener(listener: PageHideListener): void {
  if (hasDocument) listeners.add(listener);
}

export function removePageHideListener(listener: PageHideListener): void {
  listeners.delete(listener);
}
