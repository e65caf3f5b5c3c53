// RFC 6455 4.1, "establish a WebSocket connection", step 2: one connection attempt at a time for each host and port.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'websocket-wasm';

/** A transport whose attempts the test ends. */
function manual() {
  const attempts = [];
  const transport = ({ hostname, port }) =>
    new Promise((_, reject) => {
      attempts.push({ host: `${hostname}:${port}`, fail: () => reject(new Error('refused')) });
    });
  return { transport, hosts: () => attempts.map(({ host }) => host), attempts };
}

test('the next attempt to a host starts when the one before it failed, in order', async () => {
  const { transport, hosts, attempts } = manual();
  const sockets = ['a', 'a', 'b', 'a'].map((host) => new WebSocket(`ws://${host}.test/`, { transport }));
  await turn();
  assert.deepEqual(hosts(), ['a.test:80', 'b.test:80'], 'another host does not wait');
  for (const [index, socket] of [sockets[0], sockets[2], sockets[1], sockets[3]].entries()) {
    attempts[index].fail();
    await once(socket, 'close');
    await turn();
  }
  assert.deepEqual(hosts(), ['a.test:80', 'b.test:80', 'a.test:80', 'a.test:80']);
});

test('another port, and another transport, do not wait', async () => {
  const [one, two] = [manual(), manual()];
  new WebSocket('ws://a.test/', { transport: one.transport });
  new WebSocket('ws://a.test:8080/', { transport: one.transport });
  new WebSocket('ws://a.test/', { transport: two.transport });
  await turn();
  assert.deepEqual(one.hosts(), ['a.test:80', 'a.test:8080']);
  assert.deepEqual(two.hosts(), ['a.test:80']);
  for (const { fail } of [...one.attempts, ...two.attempts]) fail();
});

test('closing a waiting socket starts no other one', async () => {
  const { transport, hosts, attempts } = manual();
  const [, waiting, last] = Array.from({ length: 3 }, () => new WebSocket('ws://a.test/', { transport }));
  await turn();
  waiting.close();
  await once(waiting, 'close');
  await turn();
  assert.equal(hosts().length, 1);
  attempts[0].fail();
  await turn();
  await turn();
  assert.equal(hosts().length, 2);
  attempts[1].fail();
  await once(last, 'close');
});
