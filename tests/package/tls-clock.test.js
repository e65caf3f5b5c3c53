// Certificates are judged by the clock at the handshake: of a process whose clock is another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moduleArgs, runNode } from '../support/process.js';
import { root, VALIDITY } from '../support/tls/pki.js';
import { served } from './support/tls-sockets.js';

const names = ['localhost'];

/** Connects in a process in which it is that date, and prints the failure's code. */
async function connectAt(date, server) {
  const script = `
    const offset = Date.parse('${date}') - Date.now();
    const { now } = Date;
    Date.now = () => now() + offset;
    const { connectionOf, WebSocket } = await import('websocket-wasm');
    const tls = { ca: ${JSON.stringify(root().certPem)} };
    const socket = new WebSocket('wss://localhost:${server.port}/', { tls });
    socket.onopen = () => socket.close();
    socket.onclose = () => console.log(connectionOf(socket).failure?.code ?? 'accepted');
  `;
  const { output } = await runNode(moduleArgs(script), import.meta.dirname);
  return output.trim();
}

test('an expired certificate is accepted at a date when it was valid, and refused before and after', async (t) => {
  const server = await served(t, { certificate: root().issue({ names, ...VALIDITY.past }) });
  assert.equal(await connectAt('2020-06-01', server), 'accepted');
  assert.equal(await connectAt('2019-12-31', server), 'tls-certificate-not-yet-valid');
  assert.equal(await connectAt('2021-01-02', server), 'tls-certificate-expired');
});

test('a certificate that is valid today is refused at other dates', async (t) => {
  const server = await served(t, { certificate: root().issue({ names }) });
  assert.equal(await connectAt('2020-06-01', server), 'tls-certificate-not-yet-valid');
  assert.equal(await connectAt('2050-06-01', server), 'tls-certificate-expired');
});
