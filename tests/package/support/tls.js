// A TLS server, whose connections a test handles, and links of tls() to it.
import { EventEmitter, once } from 'node:events';
import { after, before } from 'node:test';
import { tcp, tls } from 'websocket-wasm';
import { createAuthority } from '../../../scripts/certificates.js';
import { startTlsBytes } from '../../support/tls/server.js';

export const authority = createAuthority({ name: 'Authority' });
export const intermediate = authority.issue({ name: 'Intermediate', isCa: true });
export const certificate = intermediate.issue({ names: ['localhost'] });

/** The server's certificates. */
export const identity = { certificate, chain: [intermediate] };

/** The option that trusts them. */
export const ca = authority.certPem;

let server;
/** @type {(socket: import('node:tls').TLSSocket) => void} */
let serve = () => {};
before(async () => {
  server = await startTlsBytes({ ...identity, ALPNProtocols: ['http/1.1'] }, (socket) => serve(socket));
});
after(() => server.close());

/** Sets what the server does with its next connection. */
export function serveNext(next) {
  serve = next;
}

/** The argument that a socket calls a transport with: by default the server. */
export function target({ port = server.port, signal = new AbortController().signal } = {}) {
  return { hostname: 'localhost', port, secure: true, url: `wss://localhost:${port}/`, signal };
}

const METHODS = ['open', 'write', 'pause', 'resume', 'end', 'destroy'];

/**
 * Connects by tls().
 * @param {(target: any) => any} transport
 * @param {import('websocket-wasm').TlsOptions} [options]
 * @returns {Promise<import('websocket-wasm').Link>}
 */
export async function linkOver(transport, options = { ca }, to = target()) {
  return /** @type {any} */ (tls(transport, options)(to));
}

/**
 * A transport over TCP that records the calls of its link.
 * @param {(link: any) => object} [change] methods in place of the link's
 */
export function recorded(change = () => ({})) {
  const calls = [];
  /** @type {any} */
  const transport = async (to) => {
    /** @type {any} */
    const link = await tcp(to);
    const methods = Object.fromEntries(METHODS.map((name) => [name, link[name].bind(link)]));
    Object.assign(methods, change(link));
    const record = (name) => {
      return (...args) => {
        calls.push(name);
        return methods[name](...args);
      };
    };
    return Object.fromEntries(METHODS.map((name) => [name, record(name)]));
  };
  return { transport, calls, count: (name) => calls.filter((call) => call === name).length };
}

/**
 * Connects to the server, and records what the link delivers once `open()` is called. `peer` is the server's side.
 * @param {(target: any) => any} [transport]
 */
export async function connect(transport = tcp) {
  const accepted = new Promise(serveNext);
  const link = await linkOver(transport);
  const events = new EventEmitter();
  const seen = { chunks: [], end: undefined, text: () => Buffer.concat(seen.chunks).toString() };
  const end = (how) => {
    seen.end = how;
    events.emit('end', how);
  };
  /** Resolves with `end`, or with the code of a failure. */
  const ended = once(events, 'end').then(([how]) => how);
  const open = () => {
    link.open({ data: (chunk) => seen.chunks.push(chunk), end: () => end('end'), fail: ({ code }) => end(code) });
  };
  return { link, seen, ended, open, peer: await accepted };
}

/** Sends text from the server's side, and then calls `then`. (Node sends no close_notify in the task of a write.) */
export function send(peer, text, then) {
  peer.write(text, () => setImmediate(then));
}
