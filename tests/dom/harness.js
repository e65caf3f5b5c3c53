// Runs clauses of the standard, in any scope of any engine: this module and the clauses use nothing but the platform.
import { next, shut } from '../support/events.js';

export { echoed, next, pause, shut } from '../support/events.js';

/**
 * @typedef {object} Env The argument of a clause.
 * @property {typeof WebSocket} WebSocket the class under test
 * @property {(path?: string) => string} server the URL of a path of the test server (tests/support/servers/dom.js)
 * @property {'window' | 'worker' | 'sharedworker' | 'node'} scope the scope that runs this
 * @property {Wire} wire the transport; `platform`: the engine's own class
 * @property {(options?: object) => any} options an option bag for the constructor, with the transport under test
 * @property {(path?: string, protocols?: string[]) => WebSocket} connect a WebSocket to that path
 * @property {(url: unknown, protocols?: string[]) => WebSocket} connectTo a WebSocket to that URL
 * @property {(path?: string, protocols?: string[]) => Promise<WebSocket>} open one to that path, once it is open
 */

/**
 * The transport, and `-tls` if the package encrypts over it: the server's URL is `wss:` then.
 * @typedef {'relay' | 'relay-tls' | 'native' | 'tcp' | 'tcp-tls' | 'platform'} Wire
 */

/**
 * @typedef {object} Clause
 * @property {string} section of the standard
 * @property {string} asserts the rule
 * @property {(env: Env) => unknown} run throws or rejects if the rule is broken
 * @property {(env: Pick<Env, 'scope' | 'wire'>) => boolean} [applies] whether the clause applies; true by default
 */

/** The time limit of a clause, in milliseconds. */
const LIMIT = 20_000;

/**
 * @param {string} section
 * @param {string} asserts
 * @param {Clause['run']} run
 * @param {Clause['applies']} [applies]
 * @returns {Clause}
 */
export function clause(section, asserts, run, applies) {
  return { section, asserts, run, applies };
}

/**
 * Runs clauses one after the other.
 * @param {Clause[]} clauses
 * @param {Pick<Env, 'WebSocket' | 'server' | 'scope' | 'wire'> & { transport?: unknown }} given
 * @returns {Promise<{ section: string, asserts: string, verdict: 'holds' | 'fails' | 'n/a', why?: string, milliseconds: number }[]>}
 */
export async function runClauses(clauses, given) {
  const made = [];
  const env = environment(given, made);
  const results = [];
  for (const { section, asserts, run, applies } of clauses) {
    const result = { section, asserts, verdict: 'n/a', why: undefined, milliseconds: 0 };
    results.push(result);
    if (applies && !applies(env)) continue;
    const start = performance.now();
    try {
      await bounded(async () => run(env));
      result.verdict = 'holds';
    } catch (error) {
      result.verdict = 'fails';
      result.why = `${error?.name ?? 'thrown'}: ${error?.message ?? error}`;
    }
    result.milliseconds = Math.round(performance.now() - start);
    // A socket that is left over could block the next clause: only one socket at a time connects to a host.
    for (const socket of made.splice(0)) given.WebSocket.prototype.close.call(socket);
  }
  return results;
}

/** @returns {Env} */
function environment({ WebSocket, server, scope, wire, transport = undefined }, made) {
  const options = (more = {}) => (transport ? { transport, ...more } : more);
  const connect = (path = '/echo', protocols = []) => connectTo(server(path), protocols);
  const connectTo = (url, protocols = []) => {
    const socket = new WebSocket(url, transport ? options({ protocols }) : protocols);
    made.push(socket);
    return socket;
  };
  const open = async (path, protocols) => {
    const socket = connect(path, protocols);
    socket.binaryType = 'arraybuffer';
    await next(socket, 'open');
    return socket;
  };
  return { WebSocket, server, scope, wire, options, connect, connectTo, open };
}

function bounded(run) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`timed out after ${LIMIT} ms`)), LIMIT);
    run()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Whether the transport carries bytes, not messages. */
export const carriesBytes = ({ wire }) => wire !== 'native' && wire !== 'platform';

/** Fails unless the two are equal; arrays and plain objects are compared as JSON. */
export function same(actual, expected, what = '') {
  if (Object.is(actual, expected)) return;
  const [a, b] = [show(actual), show(expected)];
  if (a === b && typeof expected === 'object' && expected !== null) return;
  throw new Error(`${what ? `${what}: ` : ''}${a}, expected ${b}`);
}

/** Fails unless the condition is true. */
export function holds(condition, what) {
  if (!condition) throw new Error(`expected: ${what}`);
}

/** Fails unless `run` throws a DOMException of that name. */
export function throwsDom(name, run, what = '') {
  const error = thrown(run);
  holds(error instanceof DOMException, `${what} throws a DOMException, not ${error}`);
  same(error.name, name, what);
}

/** Fails unless `run` throws that very value, or an error of that class. */
export function throws(expected, run, what = '') {
  const error = thrown(run);
  const fits = error === expected || (typeof expected === 'function' && error instanceof expected);
  holds(fits, `${what} throws ${expected?.name ?? expected}, not ${error}`);
}

/** The bytes of an ArrayBuffer as an array. */
export function bytes(buffer) {
  return [...new Uint8Array(buffer)];
}

/** A Uint8Array of that length, whose bytes differ. */
export const range = (length) => Uint8Array.from({ length }, (_, index) => (index * 7 + 1) % 256);

/** Sends all on one new socket, and returns the echoes. */
export async function roundTrip(env, ...all) {
  const socket = await env.open('/echo');
  const got = [];
  const done = new Promise((resolve, reject) => {
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code} after ${got.length} messages`));
    socket.onmessage = ({ data }) => {
      got.push(typeof data === 'string' ? data : bytes(data));
      if (got.length === all.length) resolve();
    };
  });
  for (const data of all) socket.send(data);
  await done;
  socket.onclose = null;
  await shut(socket);
  return got;
}

/** The headers of a handshake's request, by the server's record. */
export async function requestHeaders(env) {
  const socket = env.connect('/headers');
  const { data } = await next(socket, 'message');
  await shut(socket);
  return JSON.parse(data);
}

function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function show(value) {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
