// Bytes over an open connection: in one direction, and small ones back and forth.
import { timed } from '../harness/clock.js';
import { ratio, spread } from '../harness/spread.js';
import { CLIENTS } from './clients.js';
import { CHUNK, SUITES } from './load.js';

const MIB = 1024 * 1024;

/** The number of chunks: 64 MiB. */
const COUNT = 1024;

/** How many chunks are written before the first is flushed. */
const AHEAD = 8;

const SMALL = 128;
const ROUND_TRIPS = 2_000;

const ACTIONS = {
  receive: async (stream) => {
    const all = arrival(stream, COUNT * CHUNK);
    await stream.write(Buffer.from(`send ${COUNT}\n`));
    await all;
  },
  send: async (stream) => {
    const done = arrival(stream, 1);
    await stream.write(Buffer.from(`take ${COUNT}\n`));
    const chunk = new Uint8Array(CHUNK);
    let written = 0;
    const writeSome = async () => {
      while (written < COUNT) {
        written += 1;
        await stream.write(chunk);
      }
    };
    await Promise.all(Array.from({ length: AHEAD }, writeSome));
    await done;
  },
  'round trips': async (stream) => {
    await stream.write(Buffer.from('echo\n'));
    const bytes = new Uint8Array(SMALL);
    for (let i = 0; i < ROUND_TRIPS; i += 1) {
      const back = arrival(stream, SMALL);
      stream.write(bytes);
      await back;
    }
  },
};

/** Resolves once that many bytes have arrived. */
function arrival(stream, length) {
  return new Promise((resolve) => {
    let left = length;
    stream.onData((count) => {
      left -= count;
      if (left === 0) resolve(undefined);
    });
  });
}

const key = (...parts) => parts.join(', ');

/** @param {import('./load.js').Servers} servers */
export async function bulkCases({ ca, ports }) {
  const cases = {};
  for (const suite of SUITES) {
    for (const [action, run] of Object.entries(ACTIONS)) {
      for (const [client, connect] of Object.entries(CLIENTS)) {
        const connector = connect(ca);
        cases[key(suite, action, client)] = async () => {
          const stream = await connector(ports[suite], 'localhost');
          const time = await timed(() => run(stream));
          stream.destroy();
          return time;
        };
      }
    }
  }
  return { cases, close: async () => {} };
}

export function print(results) {
  console.log(
    `\n${(COUNT * CHUNK) / MIB} MiB in chunks of ${CHUNK / 1024} KiB, in Node; MiB for each second of CPU time`,
  );
  console.log(`${' '.repeat(42)}ours${' '.repeat(20)}Node's own${' '.repeat(14)}ours / Node's, of CPU, of duration`);
  for (const suite of SUITES) {
    for (const action of ['receive', 'send'])
      line(results, suite, action, ({ cpu }) => (COUNT * CHUNK * 1e6) / MIB / cpu);
  }
  console.log(`${ROUND_TRIPS} round trips of ${SMALL} bytes; CPU time of each, in microseconds`);
  for (const suite of SUITES) line(results, suite, 'round trips', ({ cpu }) => cpu / ROUND_TRIPS);
}

function line(results, suite, action, figure) {
  const [ours, nodes] = ['ours', 'node'].map((client) => results[key(suite, action, client)]);
  const of = (time, name) => time.map((value) => value[name]);
  const ratios = `${ratio(of(ours, 'cpu'), of(nodes, 'cpu'))} ${ratio(of(ours, 'wall'), of(nodes, 'wall'))}`;
  console.log(`${`${suite} ${action}`.padEnd(41)}${spread(ours.map(figure))}${spread(nodes.map(figure))}  ${ratios}`);
}
