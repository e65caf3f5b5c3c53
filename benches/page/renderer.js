// The CPU time of the process that runs a page (Linux).
import { readdirSync, readFileSync } from 'node:fs';

/** @typedef {Awaited<ReturnType<typeof import('../../tests/support/browsers/puppeteer.js').launchChromium>>} Browser */

/** The CPU time of each thread of a process, in nanoseconds. @typedef {Map<string, number>} Times */

/** A page's renderer process. */
export class Renderer {
  #id;

  /** @param {number} id the process's */
  constructor(id) {
    this.#id = id;
  }

  /**
   * Finds it among the browser's processes: it is the one that gets busy when the page does.
   * @param {Browser} browser
   * @param {Awaited<ReturnType<Browser['newPage']>>} page
   */
  static async of(browser, page) {
    const session = await browser.target().createCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const ids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    const before = ids.map(timesOf);
    await page.evaluate(() => {
      for (const end = performance.now() + 40; performance.now() < end; );
    });
    const spent = ids.map((id, index) => difference(before[index], timesOf(id)));
    return new Renderer(ids[spent.indexOf(Math.max(...spent))]);
  }

  /**
   * The CPU time of all threads while `run` runs, in microseconds.
   * @param {() => Promise<unknown>} run
   */
  async cpu(run) {
    const before = timesOf(this.#id);
    await run();
    return difference(before, timesOf(this.#id)) / 1000;
  }
}

/** @returns {Times} */
function timesOf(id) {
  const times = new Map();
  try {
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      times.set(thread, Number(readFileSync(`/proc/${id}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
    }
  } catch {
    // A thread or the process has ended.
  }
  return times;
}

/**
 * @param {Times} before
 * @param {Times} after
 */
function difference(before, after) {
  let sum = 0;
  for (const [thread, time] of after) sum += time - (before.get(thread) ?? 0);
  return sum;
}
