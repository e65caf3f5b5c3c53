// Memory and the longest turns of the event loop.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** How often memory is read, in milliseconds; and how long after a phase its last turn is known. */
const INTERVAL = 20;

/** @typedef {{ wall: number, cpu: number | undefined }} Turn in milliseconds */

export class Figures {
  /** @type {Record<string, Turn>} */
  #turns = {};
  #turn = new TurnTimer();
  #timer;

  /** Begins to measure. */
  async start() {
    this.#turns = {};
    this.before = await settledMemory();
    this.peak = memory();
    this.#timer = setInterval(() => {
      this.peak = highest(this.peak, memory());
    }, INTERVAL);
    this.#turn.start();
  }

  /** Ends a phase. Its longest turn is that since the last one ended. */
  async turn(phase) {
    await delay(INTERVAL);
    this.#turns[phase] = this.#turn.take();
  }

  /** Ends measuring. Returns what was measured, memory in bytes. */
  async take() {
    clearInterval(this.#timer);
    this.#turn.stop();
    this.peak = highest(this.peak, memory());
    return { before: this.before, peak: this.peak, after: await settledMemory(), turns: this.#turns };
  }
}

/** The longest time between two turns of a timer, in which nothing else of the event loop runs. */
class TurnTimer {
  #timer;
  #last = clocks();
  #longest = { wall: 0, cpu: 0 };

  start() {
    this.take();
    this.#timer = setInterval(() => this.#tick(), 2);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** @returns {Turn} since it was last taken */
  take() {
    this.#tick();
    const { wall, cpu } = this.#longest;
    this.#longest = { wall: 0, cpu: 0 };
    return { wall: Math.round(wall), cpu: Number.isNaN(cpu) ? undefined : Math.round(cpu) };
  }

  #tick() {
    const { wall, cpu } = clocks();
    this.#longest.wall = Math.max(this.#longest.wall, wall - this.#last.wall);
    this.#longest.cpu = Math.max(this.#longest.cpu, cpu - this.#last.cpu);
    this.#last = { wall, cpu };
  }
}

/** The time in milliseconds, and the CPU time of this thread: NaN where the system (Linux has it) doesn't tell. */
function clocks() {
  let cpu = Number.NaN;
  try {
    cpu = Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ', 1)[0]) / 1e6;
  } catch {}
  return { wall: performance.now(), cpu };
}

function memory() {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heapUsed, external };
}

const highest = (one, other) => ({
  rss: Math.max(one.rss, other.rss),
  heapUsed: Math.max(one.heapUsed, other.heapUsed),
  external: Math.max(one.external, other.external),
});

/** How long a link may take after its socket has closed, in milliseconds: a peer may not read the last output. */
const SHUTDOWN = 2_500;

/** Memory once what is garbage has been freed. */
async function settledMemory() {
  await delay(SHUTDOWN);
  for (let i = 0; i < 10; i += 1) {
    /** @type {() => void} */ (globalThis.gc)();
    await delay(50);
  }
  return memory();
}
