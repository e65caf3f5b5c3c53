// The platform's own classes and functions as they are when the package is imported: what scripts put in their places
// later (test environments do) concerns their own code, as it would with the built-in class.
import { loadError } from '../wasm/load-error.ts';

/** What no socket can do without. An environment for tests may lack some: Jest's jsdom has no `TextDecoder`. */
const NEEDED = [
  'AbortController',
  'Blob',
  'DOMException',
  'Event',
  'EventTarget',
  'MessageEvent',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'clearTimeout',
  'crypto',
  'performance',
  'queueMicrotask',
  'setTimeout',
];

// Before any module that would throw at the first of them: each imports this one.
const missing = NEEDED.filter((name) => (globalThis as Record<string, unknown>)[name] === undefined);
if (missing.length > 0) throw loadError(`this environment has no ${missing.join(', ')}`);

/** Those that are not in that list may be undefined. */
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
