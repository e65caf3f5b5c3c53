// The errors if the package can't load: they name missing globals and files, and a Content-Security-Policy only if it
// is the cause.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext } from 'node:vm';
import { listen } from '../../scripts/servers.js';
import { next } from '../support/events.js';
import { runNode } from '../support/process.js';
import { sharedEcho } from '../support/servers/echo.js';
import { PLATFORM, requireIn } from './support/realm.js';

const file = (name) => readFileSync(fileURLToPath(import.meta.resolve(`websocket-wasm/${name}`)));

/** A context with the platform's globals except some. */
function contextWithout(names, options) {
  const globals = PLATFORM.filter((name) => !names.includes(name)).map((name) => [name, globalThis[name]]);
  return createContext(Object.fromEntries(globals), options);
}

/** The error of loading an entry in that context, or undefined. */
function failureOf(context, entry) {
  try {
    requireIn(context, entry);
    return undefined;
  } catch (error) {
    return `${error}`;
  }
}

const PREFIX = "WasmLoadError: websocket-wasm can't load its WebAssembly: ";

const echo = sharedEcho();

for (const entry of ['node', 'web-node', 'slim-node', 'stream-node', 'polyfill-node', 'transports-node']) {
  test(`${entry} names every missing global`, () => {
    const without = (...names) => failureOf(contextWithout(names), entry);
    assert.equal(without('TextDecoder', 'TextEncoder'), `${PREFIX}this environment has no TextDecoder, TextEncoder.`);
    const many = ['Blob', 'DOMException', 'Event', 'EventTarget', 'MessageEvent'];
    assert.equal(without(...many), `${PREFIX}this environment has no ${many.join(', ')}.`);
    assert.equal(without(), undefined);
  });
}

for (const name of PLATFORM) {
  test(`without ${name} a message comes back, or the import names it`, { timeout: 30_000 }, async () => {
    const context = contextWithout([name]);
    const failure = failureOf(context, 'node');
    if (failure) {
      assert.equal(failure, `${PREFIX}this environment has no ${name}.`);
      return;
    }
    const socket = new (requireIn(context, 'node').WebSocket)(echo.url);
    await next(socket, 'open');
    socket.send('hello');
    assert.equal((await next(socket, 'message')).data, 'hello');
    socket.close();
    assert.equal((await next(socket, 'close')).code, 1005);
  });
}

test('an error names the Content-Security-Policy if the engine refuses to compile', async () => {
  const forbidden = () => contextWithout([], { codeGeneration: { strings: true, wasm: false } });
  const reason =
    /^WasmLoadError: .*the Content-Security-Policy forbids it: script-src needs 'wasm-unsafe-eval' \(.+\)\.$/;
  assert.match(`${failureOf(forbidden(), 'node')}`, reason);
  const { init, initSync } = requireIn(forbidden(), 'slim-node');
  assert.throws(() => initSync(file('websocket_wasm.wasm')), reason);
  await assert.rejects(init(file('websocket_wasm.wasm')), reason);
});

test('an error says that the bytes are damaged, or those of another module', async () => {
  const { init, initSync } = requireIn(contextWithout([]), 'slim-node');
  const damaged = /^WasmLoadError: .*: it is damaged, or this engine has no SIMD \(.+\)\.$/;
  for (const bytes of [
    file('websocket_wasm.wasm').subarray(0, 1000),
    Buffer.from('<!doctype html>'),
    Buffer.alloc(0),
  ]) {
    assert.throws(() => initSync(bytes), damaged);
    await assert.rejects(init(bytes), damaged);
  }
  const other = /^WasmLoadError: .*: it can't be instantiated \(.+\)\.$/;
  assert.throws(() => initSync(file('codec.wasm')), other);
  await assert.rejects(init(file('codec.wasm')), other);
});

test('an error says that a file is missing, whatever words its URL contains', async () => {
  const server = await listen(
    createServer((_, response) => response.writeHead(404).end()),
    { scheme: 'http' },
  );
  try {
    const url = `${server.url}content-security/unsafe-eval.wasm`;
    const { init } = requireIn(contextWithout([]), 'slim-node');
    const message = `websocket-wasm can't load its WebAssembly: ${url} was answered with 404.`;
    await assert.rejects(init(url), { name: 'WasmLoadError', message });
    await assert.rejects(init(fetch(url)), { name: 'WasmLoadError', message });
  } finally {
    await server.close();
  }
});

test('tls.wasm and the authorities are loaded when a connection first needs them', async () => {
  const entry = fileURLToPath(new URL('dist/cjs/node.cjs', import.meta.resolve('websocket-wasm/package.json')));
  const script = `const { tcp, tls, WebSocket } = require(${JSON.stringify(entry)});
    const loaded = () => Object.keys(require.cache).filter((file) => /-inlined/.test(file)).length;
    const closed = (url, options) => new Promise((resolve) => {
      const socket = new WebSocket(url, options);
      socket.onopen = () => socket.close();
      socket.onclose = () => resolve(loaded());
    });
    const url = '${echo.url}';
    (async () => {
      const transport = tls(tcp);
      console.log(loaded(), await closed(url), await closed(url, { transport }),
        await closed(url.replace('ws:', 'wss:')), await closed(url.replace('ws:', 'wss:'), { transport }));
    })();`;
  const { output } = await runNode(['--no-warnings', '--eval', script], import.meta.dirname);
  assert.equal(output.trim(), '0 0 0 0 2');
});
