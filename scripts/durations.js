// How long the parts of a command take.
import { say } from './run.js';

export class Durations {
  /** @type {{ name: string, milliseconds: number }[]} */
  #parts = [];

  /**
   * Measures a part, and says how long it took.
   * @template Value
   * @param {string} name
   * @param {() => Promise<Value>} run
   * @returns {Promise<Value>}
   */
  async measure(name, run) {
    const began = Date.now();
    try {
      return await run();
    } finally {
      const milliseconds = Date.now() - began;
      this.#parts.push({ name, milliseconds });
      say(`${name} took ${seconds(milliseconds)}`);
    }
  }

  /** A table of all parts, with their sum. */
  table() {
    const total = this.#parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const rows = [...this.#parts, { name: 'total', milliseconds: total }];
    return rows.map(({ name, milliseconds }) => `${seconds(milliseconds).padStart(8)}  ${name}`).join('\n');
  }
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(0)} s`;
}
