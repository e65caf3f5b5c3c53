// Servers, relays and drivers for the tests of the Wisp transport.
import { after, before } from 'node:test';
import { startEcho, startRelay } from '../../../scripts/servers.js';
import { startProxy } from '../../support/servers/proxy.js';
import { startRaw } from '../../support/servers/raw.js';
import { startScripted } from '../../support/servers/relay.js';

export let echo;
/** A server that accepts connections and never answers. */
export let mute;
export let relay;
before(async () => {
  echo = await startEcho();
  mute = await startRaw(() => {});
  relay = await startRelay({ targets: [echo.port, mute.port] });
});
after(async () => {
  for (const running of [relay, mute, echo]) await running.close();
});

/** A proxy in front of the relay, closed after the test. */
export async function proxied(t) {
  const proxy = await startProxy(relay.port);
  t.after(() => proxy.close());
  return proxy;
}

/** A scripted relay, closed after the test. */
export async function scripted(t, ...args) {
  const running = await startScripted(.../** @type {[any]} */ (args));
  t.after(() => running.close());
  return running;
}

/** The argument that a socket calls a transport with. */
export function target({ port = echo.port, secure = false, signal = new AbortController().signal } = {}) {
  return { hostname: '127.0.0.1', port, secure, url: `ws${secure ? 's' : ''}://127.0.0.1:${port}/`, signal };
}

/**
 * Connects by a transport.
 * @returns {Promise<import('websocket-wasm').Link>}
 */
export async function connect(transport, to = target()) {
  return transport(to);
}

/** The error with which a transport fails, when it connects or later. */
export async function failureOf(transport, to = target()) {
  try {
    const link = await connect(transport, to);
    return await new Promise((resolve, reject) => {
      link.open({ data: () => {}, end: () => reject(new Error('it ended without an error')), fail: resolve });
    });
  } catch (error) {
    return error;
  }
}
