// When the document goes away (WHATWG WebSockets 7, "make disappear"), and when it comes back.

export interface PageHideListener {
  /**
   * The document goes away.
   *
   * @param cached whether into the back/forward cache, from which it may come back
   */
  goAway(cached: boolean): void;
}

const listeners = new Set<PageHideListener>();

/** What waits for a document in the cache to come back; undefined while it isn't there. */
let waiting: (() => void)[] | undefined;

const { document } = globalThis;

if (document) {
  globalThis.addEventListener('pagehide', ({ isTrusted, persisted }) => {
    // After one that a script dispatches the document stays, and no `pageshow` follows.
    if (!isTrusted) return;
    const leave = () => {
      if (!document.hidden) return;
      if (persisted) waiting ??= [];
      for (const listener of [...listeners]) listener.goAway(persisted);
    };
    // The page's own listeners may still send messages, and close sockets: this event follows the last of them.
    if (document.hidden) leave();
    else document.addEventListener('visibilitychange', leave, { once: true });
  });
  globalThis.addEventListener('pageshow', () => {
    const steps = waiting ?? [];
    waiting = undefined;
    for (const step of steps) step();
  });
}

/** Whether the document is in the back/forward cache, or will be soon: no task runs in it (HTML 8.1.7.1). */
export function isCached(): boolean {
  return waiting !== undefined;
}

/** Runs a step now, or once the document has come back from the cache. */
export function whenShown(step: () => void): void {
  if (waiting) waiting.push(step);
  else step();
}

/** Calls the listener when the document goes away, until it is removed. */
export function addPageHideListener(listener: PageHideListener): void {
  if (document) listeners.add(listener);
}

export function removePageHideListener(listener: PageHideListener): void {
  listeners.delete(listener);
}
