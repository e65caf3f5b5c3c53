// The platform's own classes and functions as they are when the package is imported. Replacements that scripts make later
// (test environments do) have no effect here, just as they have none on the built-in class.
import { loadError } from './load-error.ts';

/** Names that a socket needs. Environments for tests may lack some: Jest's jsdom has no `TextDecoder`. */
const REQUIRED = [
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

// Checked here, before a module that uses one can throw at it: all such modules import this one.
const missing = REQUIRED.filter((name) => (globalThis as Record<string, unknown>)[name] === undefined);
if (missing.length > 0) throw loadError(`this environment has no ${missing.join(', ')}`);

/** Those that aren't in `REQUIRED` may be undefined. */
export const {
  AbortController,
  Blob,
  CloseEvent,
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
  atob,
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

/** The URL of the page or worker, if there is one: test environments remove theirs while connections are open. */
export function locationUrl(): string | undefined {
  try {
    return globalThis.location?.href;
  } catch {
    return undefined;
  }
}

/** The base URL of the page or worker, if there is one. */
export function baseUrl(): string | undefined {
  try {
    return globalThis.document?.baseURI ?? locationUrl();
  } catch {
    return undefined;
  }
}
