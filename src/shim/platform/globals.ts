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
  MessageChannel,
  MessageEvent,
  ReadableStream,
  TextDecoder,
  TextEncoder,
  URL,
  WritableStream,
  atob,
  console,
  crypto,
  fetch,
  queueMicrotask,
} = globalThis;

/** The timers. */
export let { clearTimeout, setImmediate, setTimeout } = globalThis;

/** Replaces the timers, before any is set. */
export function useTimers(timers: Pick<typeof globalThis, 'clearTimeout' | 'setImmediate' | 'setTimeout'>): void {
  ({ clearTimeout, setImmediate, setTimeout } = timers);
}

const { performance } = globalThis;

/** The class. */
export const headersClass = later('Headers');
/** The class, or undefined. */
export const responseClass = later('Response');

/** A global that is read when it is first used, as it is now: in Node, reading it loads 1.4 MB that few programs need. */
function later<Name extends 'Headers' | 'Response'>(name: Name): () => (typeof globalThis)[Name] {
  const getter = Object.getOwnPropertyDescriptor(globalThis, name)?.get;
  if (!getter) {
    const { [name]: value } = globalThis;
    return () => value;
  }
  return () => {
    const current = Object.getOwnPropertyDescriptor(globalThis, name);
    const value = getter.call(globalThis);
    // Node's getter has made it a property of that value, although a script may have replaced it.
    if (current && current.get !== getter) Object.defineProperty(globalThis, name, current);
    return value;
  };
}

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

/** The base URL of the page or worker; empty if there is none. */
export function baseUrl(): string {
  try {
    return globalThis.document?.baseURI ?? locationUrl() ?? '';
  } catch {
    return '';
  }
}
