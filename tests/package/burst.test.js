// A burst of messages in one chunk: each is a task of its own as far as a program can see, in Node with and without its
// undocumented function for several tasks in one tick, in Deno and in Bun.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/run.js';
import { closeFrame, frame } from '../support/servers/frame.js';
import { acceptance, startRaw } from '../support/servers/raw.js';

const BURST = 20;
const FLOOD = 100_000;
const folder = fileURLToPath(new URL('.', import.meta.url));
const tools = join(root, 'tests', 'node_modules', '.bin');

/** The programs, and the scenarios that they can't run: those that need Node's order of ticks and exceptions. */
const RUNTIMES = {
  node: { command: [process.execPath], lacks: [] },
  'node --pending-deprecation': { command: [process.execPath, '--pending-deprecation'], lacks: [] },
  deno: {
    command: [join(tools, 'deno'), 'run', '--quiet', '--allow-all', '--node-modules-dir=manual'],
    lacks: ['errors', 'contexts', 'nested'],
  },
  bun: { command: [join(tools, 'bun')], lacks: ['errors', 'contexts', 'nested'] },
};

let small;
let other;
let large;

before(async () => {
  const serve = (count) => {
    const frames = [...Array.from({ length: count }, () => frame(0x81, 'x')), closeFrame(1000)];
    return startRaw((socket, request) => void socket.end(Buffer.concat([Buffer.from(acceptance(request)), ...frames])));
  };
  small = await serve(BURST);
  other = await serve(BURST);
  large = await serve(FLOOD);
});
after(() => Promise.all([small, other, large].map((server) => server?.close())));

/** Runs a scenario of burst-probe.js to its end. */
async function probe(command, scenario, ...urls) {
  const [program, ...args] = command;
  const child = spawn(program, [...args, 'burst-probe.js', scenario, ...urls], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  try {
    const [status] = await once(child, 'close');
    assert.equal(status, 0, errors);
    assert.doesNotMatch(errors, /deprecat/i);
    return JSON.parse(output);
  } finally {
    child.kill('SIGKILL');
  }
}

const numbers = (each) => Array.from({ length: BURST }, (_, i) => each(i + 1)).flat();

for (const [name, { command, lacks }] of Object.entries(RUNTIMES)) {
  const scenario = (which, title, run) => {
    if (!lacks.includes(which)) test(`${name}: ${title}`, run);
  };

  scenario('order', 'microtasks and ticks run dry between two messages', async () => {
    const steps = name === 'deno' ? ['', ' microtask'] : ['', ' tick', ' microtask'];
    assert.deepEqual(
      await probe(command, 'order', small.url),
      numbers((i) => steps.map((step) => `${i}${step}`)),
    );
  });

  scenario('loop', 'a loop that sets the next handler after an await loses nothing', async () => {
    assert.equal(await probe(command, 'loop', small.url), BURST);
  });

  scenario('flood', `timers, immediates and I/O run during ${FLOOD} messages`, async () => {
    const { total, ...at } = await probe(command, 'flood', large.url);
    assert.equal(total, FLOOD);
    for (const [what, count] of Object.entries(at)) assert.ok(count > 0 && count < FLOOD, `${what} at ${count}`);
  });

  scenario('errors', 'exceptions and rejections are reported once, and stop no later message', async () => {
    const { log, total } = await probe(command, 'errors', small.url);
    assert.equal(total, BURST);
    assert.deepEqual(
      log.filter((line) => /^\d+$/.test(line)),
      numbers((i) => `${i}`),
    );
    const others = log.filter((line) => !/^\d+$/.test(line));
    assert.deepEqual(others.sort(), ['after 6', 'caught 7', 'uncaught 2', 'uncaught 6', 'unhandled 4']);
    for (const i of [2, 6]) assert.ok(log.indexOf(`uncaught ${i}`) < log.indexOf(`${i + 1}`), `${log}`);
    assert.ok(log.indexOf('caught 7') < log.indexOf('8'), `${log}`);
  });

  scenario('contexts', "each message has its own socket's asynchronous context", async () => {
    assert.deepEqual(await probe(command, 'contexts', small.url, other.url), {
      'a sees a': 2 * BURST,
      'b sees b': 2 * BURST,
    });
  });

  scenario('nested', 'a handler may run ticks itself, within a microtask', async () => {
    if (command.length > 1) return;
    assert.deepEqual(
      await probe(command, 'nested', small.url),
      numbers((i) => [`${i}`, `${i} microtask`]),
    );
  });
}
