// The class as the default export, and as what `require()` returns: under the names of the packages that it replaces, as an
// alias makes them, in every way that Node loads them.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/run.js';
import { runNode } from '../support/process.js';
import { sharedEcho } from '../support/servers/echo.js';

const ALIASES = ['ws', 'isomorphic-ws', 'isows'];
const ENTRIES = ['', '/slim', '/web', '/stream'];

const project = join(root, 'tests', '.out', 'required');
const echo = sharedEcho();

before(() => {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  // As npm installs `"ws": "npm:websocket-wasm"`: the files, in a folder of that name.
  const installed = dirname(fileURLToPath(import.meta.resolve('websocket-wasm/package.json')));
  for (const name of ALIASES) cpSync(installed, join(project, 'node_modules', name), { recursive: true });
});
after(() => rmSync(project, { recursive: true, force: true }));

/** An expression of a promise of what an echo server answers to a socket of this class. */
const ECHO = `const echo = (Class) => new Promise((resolve, reject) => {
  const socket = new Class(process.argv[2], { protocols: [], headers: { 'X-Token': 'secret' } });
  socket.onopen = () => socket.send('hello');
  socket.onmessage = ({ data }) => resolve(data) ?? socket.close();
  socket.onclose = ({ code }) => reject(new Error('closed with ' + code));
});
`;

/** Runs a script in the project, which prints JSON. */
async function run(file, text, flags = []) {
  writeFileSync(join(project, file), text);
  const { status, output } = await runNode([...flags, file, echo.url], project);
  assert.equal(status, 0, output);
  return JSON.parse(output);
}

const OLD = ['--no-experimental-require-module'].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));
for (const flags of OLD.length > 0 ? [[], OLD] : [[]]) {
  const how = flags.length > 0 ? `, with ${flags}` : '';

  for (const name of ALIASES) {
    test(`require() of an alias for ${name} returns the class${how}`, async () => {
      const text = `${ECHO}
const WebSocket = require('${name}');
class Subclass extends WebSocket {}
// As TypeScript compiles \`import WebSocket, { connectionOf } from '${name}'\`.
const importDefault = (module) => (module && module.__esModule ? module : { default: module });
(async () => {
  const { WebSocket: named, connectionOf } = require('${name}');
  const socket = new Subclass('ws://127.0.0.1:1/');
  console.log(JSON.stringify({
    answers: [await echo(WebSocket), await echo(Subclass), await echo(named), await echo(importDefault(WebSocket).default)],
    name: WebSocket.name,
    length: WebSocket.length,
    constants: [WebSocket.CONNECTING, WebSocket.OPEN, Subclass.CLOSING, Subclass.CLOSED],
    instances: [WebSocket, Subclass, named].map((Class) => socket instanceof Class),
    of: named.prototype.constructor === named && WebSocket.prototype === named.prototype,
    same: WebSocket.default === named && require('${name}') === WebSocket,
    connection: typeof connectionOf(socket).trace,
    imported: await import('${name}').then((module) => [module.default === named, module.WebSocket === named]),
  }));
})();`;
      assert.deepEqual(await run(`${name}.cjs`, text, flags), {
        answers: Array(4).fill('hello'),
        name: 'WebSocket',
        length: 1,
        constants: [0, 1, 2, 3],
        instances: [true, true, true],
        of: true,
        same: true,
        connection: 'function',
        imported: [true, true],
      });
    });

    test(`import of an alias for ${name} has the class as its default, and by name${how}`, async () => {
      const text = `import WebSocket, { WebSocket as named } from '${name}';
import { createRequire } from 'node:module';
${ECHO}
const before = Reflect.ownKeys(WebSocket);
createRequire(import.meta.url)('${name}');
console.log(JSON.stringify({
  answers: [await echo(WebSocket)],
  same: WebSocket === named,
  // What require() returns has more.
  keys: [before, Reflect.ownKeys(WebSocket)].map((keys) => keys.map(String).sort()),
}));`;
      const keys = ['CLOSED', 'CLOSING', 'CONNECTING', 'OPEN', 'length', 'name', 'prototype'];
      const expected = { answers: ['hello'], same: true, keys: [keys, keys] };
      assert.deepEqual(await run(`${name}.mjs`, text, flags), expected);
    });
  }

  test(`require() of every entry with the class returns the class, with the entry's exports${how}`, async () => {
    const text = `(async () => {
  const all = [];
  for (const entry of ${JSON.stringify(ENTRIES.map((entry) => `ws${entry}`))}) {
    const required = require(entry);
    const imported = await import(entry);
    const same = Object.keys(imported).every((name) => required[name] === imported[name]);
    all.push([typeof required, same, Object.keys(required).sort().join() === Object.keys(imported).sort().join()]);
  }
  console.log(JSON.stringify(all));
})();`;
    assert.deepEqual(await run('entries.cjs', text, flags), Array(ENTRIES.length).fill(['function', true, true]));
  });

  test(`what require() returns throws what the class throws${how}`, async () => {
    const text = `const WebSocket = require('ws');
const thrown = (call) => { try { call(); } catch (error) { return error.name + ': ' + error.message; } };
const two = (call) => [thrown(() => call(WebSocket)), thrown(() => call(WebSocket.WebSocket))];
console.log(JSON.stringify([
  two((Class) => new Class()), two((Class) => new Class('ws://host/#part')), two((Class) => Class('ws://host/')),
]));`;
    const [none, fragment, called] = await run('throws.cjs', text, flags);
    assert.match(none[0], /^TypeError: .*1 argument/);
    assert.equal(none[0], none[1]);
    assert.match(fragment[0], /^SyntaxError: /);
    assert.equal(fragment[0], fragment[1]);
    // The engine's message names the class as its file does.
    assert.equal(called[0], called[1].replace(/constructor \S+ /, 'constructor WebSocket '));
    assert.match(called[0], /^TypeError: /);
  });
}
