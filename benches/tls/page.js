// `wss:` beside `ws:` through a relay, in a page of Chromium: messages in one direction.
import { launchChromium } from '../../tests/support/browsers/puppeteer.js';
import { servePages } from '../../tests/support/pages.js';
import { ratio, spread } from '../harness/spread.js';
import { median } from '../harness/statistics.js';
import { CHUNK, SUITES } from './load.js';

const MIB = 1024 * 1024;

/** The number of messages: 64 MiB. */
const COUNT = 1024;

/** @param {import('./load.js').Servers} servers */
export async function pageCases({ ca, plain, secure, relay }) {
  const pages = await servePages();
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(pages.url);
  await page.evaluate(prepare, { relay, ca, size: CHUNK });
  const cases = {};
  for (const [name, url] of [['ws:', plain], ...SUITES.map((suite) => [suite, secure[suite]])]) {
    for (const direction of ['receive', 'send']) {
      cases[`${direction}, ${name}`] = async () => {
        const before = await page.metrics();
        const wall = await page.evaluate((job) => globalThis.measure(job), { url, direction, count: COUNT });
        const after = await page.metrics();
        return { wall, cpu: 1000 * ((after.TaskDuration ?? 0) - (before.TaskDuration ?? 0)) };
      };
    }
  }
  const close = async () => {
    await browser.close();
    await pages.close();
  };
  return { cases, close };
}

/** Runs in the page. */
async function prepare({ relay, ca, size }) {
  const { WebSocket, wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
  const transport = wisp(relay, { tls: { ca } });
  const message = new Uint8Array(size);
  /** The duration from the open connection to the last message, in milliseconds. */
  globalThis.measure = async ({ url, direction, count }) => {
    const path = direction === 'receive' ? 'send' : 'take';
    const socket = new WebSocket(`${url}/${path}?n=${count}`, { transport, perMessageDeflate: false });
    socket.binaryType = 'arraybuffer';
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
    });
    const start = performance.now();
    let left = direction === 'receive' ? count : 1;
    const last = new Promise((resolve) => {
      socket.onmessage = () => {
        left -= 1;
        if (left === 0) resolve(undefined);
      };
    });
    if (direction === 'send') {
      for (let sent = 0; sent < count; sent += 1) {
        socket.send(message);
        while (socket.bufferedAmount > 16 * size) await new Promise((resolve) => setTimeout(resolve));
      }
    }
    await last;
    const duration = performance.now() - start;
    socket.onclose = null;
    socket.close();
    return duration;
  };
}

export function print(results) {
  const rate = ({ wall }) => (COUNT * CHUNK * 1000) / MIB / wall;
  console.log(`\n${COUNT} messages of ${CHUNK / 1024} KiB through a relay, in a page of Chromium; MiB for each second`);
  console.log(`${' '.repeat(38)}    rate${' '.repeat(14)}of ws:   ms of the page's thread`);
  for (const direction of ['receive', 'send']) {
    const base = results[`${direction}, ws:`].map(rate);
    for (const name of ['ws:', ...SUITES]) {
      const all = results[`${direction}, ${name}`];
      const [rates, cpu] = [all.map(rate), median(all.map((value) => value.cpu)).toFixed(0)];
      console.log(`${`${direction} ${name}`.padEnd(38)}${spread(rates)}${ratio(rates, base)}${cpu.padStart(10)}`);
    }
  }
}
