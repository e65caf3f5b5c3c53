// A thousand sockets at once, beside npm `ws`: `npm run soak`. Each contender is a process of its own, and so is the server.
// A socket that is open throughout is used at the end. Fails if a bar isn't met, unless it is only checked with `--check`.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contenders } from './contenders.js';

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** Of the memory that `ws` keeps once all sockets are closed. */
const MOST_MEMORY = 1.5;
/** The longest turn of the event loop, in milliseconds of CPU time where the system tells it: other programs run too. */
const LONGEST_TURN = 200;

/**
 * glibc learns not to return blocks of the sizes that were freed, so that a process keeps up to 200 MiB of them or nothing,
 * by chance. With a fixed threshold it returns what was freed.
 */
const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: `${128 * 1024}` };

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

/** One contender's figures. */
async function run(name) {
  const server = fork(path('server.js'));
  try {
    const [port] = await once(server, 'message');
    const args = ['--expose-gc', path('client.js'), name, `ws://127.0.0.1:${port}/`, values.sockets, values.seed];
    const client = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    client.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const [status] = await once(client, 'close');
    if (status !== 0) throw new Error(`${name} exited with ${status}`);
    return JSON.parse(output);
  } finally {
    server.kill();
  }
}

const mib = (bytes) => (bytes / 1024 / 1024).toFixed(0);

function print(name, { before, peak, after, turns }) {
  const figures = ['rss', 'external'].map((kind) => {
    const [first, highest, last] = [before, peak, after].map((memory) => mib(memory[kind]).padStart(4));
    return `${kind} ${first} before, ${highest} at peak, ${last} after`;
  });
  const longest = Object.entries(turns).map(([phase, { wall, cpu }]) => `${phase} ${cpu ?? '?'} (${wall})`);
  console.log(`  ${name.padEnd(15)} ${figures.join('; ')} MiB`);
  console.log(`  ${''.padEnd(15)} longest turn, ms of CPU (of time): ${longest.join(', ')}`);
}

const results = {};
for (const name of Object.keys(contenders)) results[name] = await run(name);
const failures = [];
for (const [part, theirs] of Object.entries(results.ws)) {
  const ours = results['websocket-wasm'][part];
  if (!values.json) {
    console.log(part);
    for (const name of Object.keys(contenders)) print(name, results[name][part]);
  }
  const ratio = ours.after.rss / theirs.after.rss;
  if (ratio > MOST_MEMORY) failures.push(`${part}: ${ratio.toFixed(2)} of the memory that ws keeps`);
  const longest = Math.max(...Object.values(ours.turns).map(({ wall, cpu }) => cpu ?? wall));
  if (longest > LONGEST_TURN) failures.push(`${part}: a turn of ${longest} ms`);
}
if (values.json) console.log(JSON.stringify(results));
for (const failure of failures) console.error(`not met: ${failure}`);
if (failures.length > 0 && !values.check) process.exitCode = 1;
