// Handshakes: the first of a process, full ones, and resumed ones. The CPU time is that of the connection, too.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { timed } from '../harness/clock.js';
import { ratio, spread } from '../harness/spread.js';
import { CLIENTS } from './clients.js';
import { SUITES } from './load.js';

/** In each round. */
const COUNT = 50;

const [SUITE = ''] = SUITES;

const first = fileURLToPath(new URL('first.js', import.meta.url));

/** @param {import('./load.js').Servers} servers */
export async function handshakeCases({ ca, ports }) {
  const port = ports[SUITE];
  const cases = {};
  for (const [client, connect] of Object.entries(CLIENTS)) {
    const connector = connect(ca);
    cases[`the first of a process, ${client}`] = async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [first, client, `${port}`, ca]);
      return JSON.parse(stdout);
    };
    // Sessions are by name: a new name has none.
    const handshakes = async (resumed, names) => {
      const streams = [];
      const { cpu } = await timed(async () => {
        for (const name of names) {
          const stream = await connector(port, name);
          if (stream.resumed !== resumed) throw new Error(`${client}: resumed is ${stream.resumed}`);
          streams.push(stream);
        }
      });
      await Promise.all(streams.map(exchange));
      for (const stream of streams) stream.destroy();
      return cpu / 1000 / COUNT;
    };
    let round = 0;
    const names = () => Array.from({ length: COUNT }, (_, i) => `${client}-${round}-${i}.bench.invalid`);
    cases[`full, ${client}`] = () => {
      round += 1;
      return handshakes(false, names());
    };
    cases[`resumed, ${client}`] = () => handshakes(true, names());
  }
  return { cases, close: async () => {} };
}

/** A byte each way, so that the tickets arrive. */
async function exchange(stream) {
  await stream.write(Buffer.from('echo\n'));
  const back = new Promise((resolve) => stream.onData(resolve));
  await stream.write(Buffer.from('.'));
  await back;
}

export function print(results) {
  console.log("\nhandshakes in Node, ECDSA P-256; milliseconds of this process's CPU time");
  console.log(`${' '.repeat(22)}    ours${' '.repeat(17)}Node's own${' '.repeat(12)}ours / Node's`);
  const [first, nodesFirst] = ['ours', 'node'].map((client) => results[`the first of a process, ${client}`]);
  const of = (all, name) => all.map((value) => value[name]);
  console.log(`${'loading the module'.padEnd(22)}${spread(of(first, 'loading'), 2)}`);
  line('the first after that', of(first, 'first'), of(nodesFirst, 'first'));
  for (const kind of ['full', 'resumed']) line(kind, results[`${kind}, ours`], results[`${kind}, node`]);
}

function line(kind, ours, nodes) {
  console.log(`${kind.padEnd(22)}${spread(ours, 2)}${spread(nodes, 2)}${ratio(ours, nodes)}`);
}
