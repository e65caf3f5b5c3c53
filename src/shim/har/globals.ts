// The platform's names that this entry uses, as they are when it is imported. Of its own, because each name that the shared
// module exports is loaded by every page.

export const { EventTarget, TextDecoder, URL, atob, btoa } = globalThis;

const { performance } = globalThis;

/** Milliseconds on the clock of `performance.now()`. */
export const now: () => number = performance.now.bind(performance);

/** Milliseconds since the Unix epoch. */
export const wallClock: () => number = Date.now;
