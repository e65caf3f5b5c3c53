// Stack overflows in TLS: the caller gets a RangeError or nothing, and later connections work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tcp, tls } from 'websocket-wasm';
import { callNearTheEnd } from '../overflow/overflow.js';
import { ca, certificate, connect } from './support/tls.js';

test('options with little stack left throw a RangeError or are converted', () => {
  const { certPem: cert, keyPem: key, spkiSha256: pins } = certificate;
  const options = { ca: [ca], cert, key, pins, servername: 'name.test', keylog: () => {} };
  let overflows = 0;
  for (let shift = 0; shift < 4; shift += 1) {
    for (let frames = 0; frames < 60; frames += 1) {
      const { error } = callNearTheEnd(() => tls(tcp, options), undefined, frames, shift);
      assert.ok(error === undefined || error instanceof RangeError, `${error}`);
      if (error) overflows += 1;
    }
  }
  assert.ok(overflows > 10, `${overflows} overflows`);
});

/** Connects to a server that sends everything back. */
async function connectEcho() {
  const { link, seen, ended, open, peer } = await connect();
  open();
  peer.pipe(peer);
  /** Resolves with `echo`, or with how the link ended. */
  const answer = (text) => {
    const echoed = new Promise((resolve) => {
      const look = () => (seen.text().endsWith(text) ? resolve('echo') : seen.end === undefined && setImmediate(look));
      look();
    });
    link.write(Buffer.from(text), () => {});
    return Promise.race([echoed, ended]);
  };
  return { link, answer };
}

test('write() with little stack left writes, or fails the connection; the next one works', async () => {
  const ends = new Set();
  let overflows = 0;
  let connection = await connectEcho();
  const chunk = Buffer.from('x');
  const write = (link) => link.write(chunk, () => {});
  // So that it and its callees are compiled, which takes stack.
  for (let warm = 0; warm < 3; warm += 1) write(connection.link);
  for (let frames = 0; frames < 100; frames += 1) {
    const { link, answer } = connection;
    const { error } = callNearTheEnd(write, link, frames);
    assert.ok(error === undefined || error instanceof RangeError, `${error}`);
    if (error) overflows += 1;
    const end = await answer(`${frames}`);
    ends.add(end);
    if (end === 'echo') continue;
    link.destroy();
    connection = await connectEcho();
  }
  assert.ok(ends.has('echo') && ends.has('tls-unavailable'), [...ends].join());
  assert.ok(overflows > 0);
  assert.equal(await connection.answer('the last'), 'echo');
  connection.link.destroy();
});
