// `npm run bench -- node`: this package in Node beside others, over plain TCP to a raw server.
import { startWorker } from '../harness/worker.js';
import { CONTENDERS } from './contenders.js';
import { ROWS } from './rows.js';

const BASE = 'websocket-wasm';

/** How much less is done to check that everything works: 1 part of this. */
const CHECK = 200;

/**
 * @param {{ check: boolean }} options
 * @returns {Promise<import('../harness/rounds.js').Part>}
 */
export async function open({ check }) {
  const server = startWorker(new URL('server.js', import.meta.url));
  const port = await server.call('start');
  const clients = new Clients({ reuse: check });
  const versions = Object.values(CONTENDERS).flatMap(({ version }) => version ?? []);
  return {
    title: `Node ${process.versions.node}; ${versions.join(', ')}`,
    base: BASE,
    rows: Object.entries(ROWS).map(([name, row]) => ({
      name,
      metrics: row.metrics,
      contenders: Object.fromEntries(
        Object.keys(CONTENDERS)
          .filter((contender) => !row.without?.includes(contender))
          .map((contender) => [contender, async () => clients.runner(contender, workOf(row, { port, check }))]),
      ),
    })),
    close: async () => {
      await clients.stop();
      await server.stop();
    },
  };
}

/** @param {import('./rows.js').Work} row */
function workOf({ job, load, count, batch = 1, deflate = false, paced = false }, { port, check }) {
  const wanted = check ? Math.max(1, Math.ceil(count / CHECK / batch)) * batch : count;
  const query = new URLSearchParams({ job: SERVED[job] ?? job, count: `${wanted}` });
  if (load) query.set('kind', load.kind);
  if (load && 'size' in load) query.set('size', `${load.size}`);
  if (deflate) query.set('deflate', '');
  if (paced) query.set('paced', '');
  if (check) query.set('verify', '');
  return { job, work: { url: `ws://127.0.0.1:${port}/?${query}`, load, count: wanted, batch, verify: check } };
}

/** What the server does, where that is named otherwise. */
const SERVED = { connect: 'idle' };

/** The contenders' processes: a new one for each row, so that no row depends on the code that another has made hot. */
class Clients {
  #reuse;
  /** @type {Map<string, import('../harness/worker.js').Worker>} */
  #kept = new Map();

  /** @param {{ reuse: boolean }} options `reuse`: one for all rows, because starting them takes long */
  constructor({ reuse }) {
    this.#reuse = reuse;
  }

  /**
   * @param {string} contender
   * @param {ReturnType<typeof workOf>} work
   * @returns {import('../harness/rounds.js').Runner}
   */
  runner(contender, { job, work }) {
    if (job === 'idle') return { sample: () => this.#once(contender, job, work), stop: async () => {} };
    const client = this.#kept.get(contender) ?? this.#start(contender);
    if (!this.#reuse) return { sample: () => client.call(job, work), stop: client.stop };
    this.#kept.set(contender, client);
    return { sample: () => client.call(job, work), stop: async () => {} };
  }

  /** In a process that ends after it: what it allocates isn't given back before. */
  async #once(contender, job, work) {
    const client = this.#start(contender);
    try {
      return await client.call(job, work);
    } finally {
      await client.stop();
    }
  }

  #start(contender) {
    const { env = {} } = CONTENDERS[contender];
    return startWorker(new URL('client.js', import.meta.url), [contender], { env, execArgv: ['--expose-gc'] });
  }

  async stop() {
    for (const client of this.#kept.values()) await client.stop();
  }
}
