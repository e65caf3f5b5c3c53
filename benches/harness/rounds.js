// Rounds of measurements: each runs every contender once, so that what slows the machine for a while slows all of them.

/**
 * A contender that is ready for one row, in a process of its own.
 * @typedef {object} Runner
 * @property {() => Promise<Record<string, number>>} sample does the row's work once, checks what was delivered, and
 *   returns each metric's value
 * @property {() => Promise<unknown>} stop
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {Record<string, string>} metrics the unit of each; less is better
 * @property {Record<string, () => Promise<Runner>>} contenders
 */

/**
 * @typedef {object} Part
 * @property {string} title
 * @property {string} base the contender by which the others' values are divided
 * @property {Row[]} rows
 * @property {import('./table.js').View[]} [tables] more tables of the same samples
 * @property {() => string[]} [notes] lines below the tables, asked for after all rows
 * @property {() => Promise<unknown>} close
 */

/**
 * @typedef {object} Measured
 * @property {string} name the row's
 * @property {Record<string, string>} metrics
 * @property {Record<string, Record<string, number[]>>} samples the values of each contender's metrics, one for each round
 */

/**
 * @template Value
 * @param {Record<string, () => Promise<Value>>} cases
 * @param {number} count of rounds
 * @param {number} [warmups] the number of rounds before them, whose values are left out
 * @returns {Promise<Record<string, Value[]>>} by case
 */
export async function inRounds(cases, count, warmups = 1) {
  const entries = Object.entries(cases);
  const results = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = -warmups; round < count; round += 1) {
    for (const [name, run] of entries) {
      const value = await run();
      if (round >= 0) results[name].push(value);
    }
    // Nobody always follows the same one, whose traces are in the caches of the processor and the kernel.
    entries.push(...entries.splice(0, 1));
  }
  return results;
}

/**
 * Measures the rows of a part, one after another.
 * @param {Part} part
 * @param {{ rounds: number, warmups: number, matches: (name: string) => boolean, progress?: (text: string) => void }} options
 * @returns {Promise<Measured[]>}
 */
export async function measure({ rows }, { rounds, warmups, matches, progress = () => {} }) {
  const all = [];
  for (const row of rows) {
    if (!matches(row.name)) continue;
    progress(row.name);
    all.push(await measureRow(row, rounds, warmups));
  }
  return all;
}

/** @param {Row} row */
async function measureRow({ name, metrics, contenders }, rounds, warmups) {
  /** @type {Record<string, Runner>} */
  const runners = {};
  try {
    for (const [contender, start] of Object.entries(contenders)) runners[contender] = await start();
    const cases = Object.fromEntries(
      Object.entries(runners).map(([contender, runner]) => [contender, () => sampled(name, contender, runner)]),
    );
    const results = await inRounds(cases, rounds, warmups);
    const samples = {};
    for (const [contender, values] of Object.entries(results)) {
      samples[contender] = Object.fromEntries(
        Object.keys(metrics).map((metric) => [metric, values.map((value) => value[metric])]),
      );
    }
    return { name, metrics, samples };
  } finally {
    for (const runner of Object.values(runners)) await runner.stop();
  }
}

async function sampled(name, contender, runner) {
  try {
    return await runner.sample();
  } catch (error) {
    throw new Error(`${name}, ${contender}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
