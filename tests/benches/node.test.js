// `npm run bench -- node`: that it works, not its figures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorker } from '../../benches/harness/worker.js';
import { CONTENDERS } from '../../benches/node/contenders.js';
import { ROWS } from '../../benches/node/rows.js';
import { bench } from './bench.js';

test('every contender does every row, and gets and sends the right messages', async () => {
  const output = await bench('node', '--json');
  const { rows } = JSON.parse(output).results.node;
  assert.deepEqual(
    rows.map(({ name }) => name),
    Object.keys(ROWS),
  );
  for (const { name, metrics, samples } of rows) {
    const contenders = Object.keys(CONTENDERS).filter((contender) => !ROWS[name].without?.includes(contender));
    assert.deepEqual(Object.keys(samples), contenders, name);
    for (const values of Object.values(samples)) {
      assert.deepEqual(Object.keys(values), Object.keys(metrics));
      for (const [value, ...others] of Object.values(values)) assert.ok(Number.isFinite(value) && others.length === 0);
    }
  }
});

test('the table has the chosen rows, with a column for each contender', async () => {
  const output = await bench('node', '--case', 'recv 128 B text, * per chunk');
  const lines = output.split('\n');
  const names = lines.filter((line) => line in ROWS);
  assert.deepEqual(names, ['recv 128 B text, many per chunk', 'recv 128 B text, one per chunk']);
  const heads = lines.find((line) => line.trimStart().startsWith('websocket-wasm'))?.trim();
  assert.deepEqual(heads?.split(/ {2,}/), Object.keys(CONTENDERS));
  assert.match(output, /^ {2}cpu, us\/message +\S+ +(\S+ \(\S+\)|noisy \S+)/m);
});

/** What the client and the server compare, with a client that does something else than the server was told. */
let server;
let client;
let port;
before(async () => {
  server = startWorker(new URL('../../benches/node/server.js', import.meta.url));
  client = startWorker(new URL('../../benches/node/client.js', import.meta.url), ['raw net']);
  port = await server.call('start');
});
after(async () => {
  await client.stop();
  await server.stop();
});

const work = (query, more) => ({ url: `ws://127.0.0.1:${port}/?${query}`, count: 2, verify: true, ...more });

test('received messages that differ are noticed', async () => {
  const given = work('job=give&kind=text&size=16&count=2', { load: { kind: 'text', size: 17 } });
  await assert.rejects(client.call('give', given), /message 1 of 16 bytes differs/);
  const binary = work('job=give&kind=text&size=16&count=2', { load: { kind: 'binary', size: 16 } });
  await assert.rejects(client.call('give', binary), /message 1 of 16 bytes differs/);
});

test('sent messages that differ are noticed', async () => {
  const shorter = work('job=take&kind=text&size=16&count=2', { load: { kind: 'text', size: 15 } });
  await assert.rejects(client.call('take', shorter), /the server says: message 1 of 15 bytes differs/);
  const others = work('job=take&kind=json&count=2&verify', { load: { kind: 'text', size: 15 } });
  await assert.rejects(client.call('take', others), /the server says: message 1 of 15 bytes differs/);
});
