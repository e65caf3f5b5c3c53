// The platform's own classes and functions as they are when the package is imported: what scripts put in their places
// later (test environments do) concerns their own code, as it would with the built-in class. One that the platform lacks
// is undefined: loading.ts says which of them must be there.
export const {
  AbortController,
  Blob,
  DOMException,
  Event,
  EventTarget,
  Headers,
  MessageChannel,
  MessageEvent,
  ReadableStream,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  WritableStream,
  clearTimeout,
  console,
  crypto,
  fetch,
  queueMicrotask,
  setImmediate,
  setTimeout,
} = globalThis;

const { performance } = globalThis;

/** Milliseconds on the clock of `performance.now()`. */
export const now: () => number = performance.now.bind(performance);

/** The URL of the page or worker, while there is one: test environments take theirs down under a connection. */
export function locationUrl(): string | undefined {
  try {
    return globalThis.location?.href;
  } catch {
    return undefined;
  }
}

/** The base URL of the page or worker, where there is one. */
export function baseUrl(): string | undefined {
  try {
    return globalThis.document?.baseURI ?? locationUrl();
  } catch {
    return undefined;
  }
}
