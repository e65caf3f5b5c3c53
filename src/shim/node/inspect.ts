// `console.log(socket)` in Node and Bun: the one member that the class has beyond the standard's, and not in pages. (Deno's
// console asks for a symbol of its own.)
import { withoutCredentials } from '../failure.ts';
import { WebSocket } from '../websocket/index.ts';
import { isNode } from './process.ts';

type Inspect = (value: unknown, options: object) => string;

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

/** The sockets that are being shown: what a program has added to one may refer to it, and Node's own check sees none of them. */
const showing = new Set<WebSocket>();

/** `[util.inspect.custom]()` (https://nodejs.org/api/util.html). `options` has the depth of the outermost call, not this one. */
function inspectSocket(this: WebSocket, depth: number | null, options: object, inspect: Inspect): string {
  if (showing.has(this)) return '[Circular]';
  const shown = summaryOf(this);
  if (!shown) return inspect(this, { ...options, depth, customInspect: false });
  const name = this.constructor?.name ?? 'WebSocket';
  if (depth !== null && depth < 0) return `[${name}]`;
  showing.add(this);
  try {
    return `${name} ${inspect(shown, { ...options, depth })}`;
  } finally {
    showing.delete(this);
  }
}

/** What is shown: also what a program has added to the object. Undefined for the prototype, which isn't a socket. */
function summaryOf(socket: WebSocket): object | undefined {
  try {
    const { url, readyState, protocol } = socket;
    return {
      url: withoutCredentials(url),
      state: STATES[readyState],
      protocol,
      ...Object.fromEntries(Object.entries(socket)),
    };
  } catch {
    return undefined;
  }
}

if (isNode) {
  Object.defineProperty(WebSocket.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value: inspectSocket,
    configurable: true,
    writable: true,
  });
}
