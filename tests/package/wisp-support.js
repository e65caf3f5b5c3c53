// What the tests of the Wisp transport share: servers, relays and ways to drive the transport.

import { after, before } from 'node:test';
import { startEcho, startRelay } from '../../scripts/servers.js';
import { startProxy } from '../servers/proxy.js';
import { startRaw } from '../servers/raw.js';
import { startScripted } from '../servers/relay.js';
import { next } from './support.js';

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

/** A proxy in front of the relay, which ends with the test. */
export async function proxied(t) {
  const proxy = await startProxy(relay.port);
  t.after(() => proxy.close());
  return proxy;
}

/** A scripted relay, which ends with the test. */
export async function scripted(t, ...args) {
  const running = await startScripted(.../** @type {[any]} */ (args));
  t.after(() => running.close());
  return running;
}

export async function closed(socket) {
  socket.close();
  await next(socket, 'close');
}

/** What a server said to that. */
export async function echoed(socket, data) {
  socket.send(data);
  return (await next(socket, 'message')).data;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until that holds; the test's time limit ends it. */
export async function until(holds) {
  while (!holds()) await pause(10);
}

/** What a socket asks of a transport. */
export function target({ port = echo.port, secure = false, signal = new AbortController().signal } = {}) {
  return { hostname: '127.0.0.1', port, secure, url: `ws${secure ? 's' : ''}://127.0.0.1:${port}/`, signal };
}

/**
 * What a transport gives.
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
      link.open({ data: () => {}, end: () => reject(new Error('it just ended')), fail: resolve });
    });
  } catch (error) {
    return error;
  }
}
