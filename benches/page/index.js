// `npm run bench -- page`: in Chromium, over a relay and without one.
import { readFile } from 'node:fs/promises';
import { launchChromium } from '../../tests/support/browsers/puppeteer.js';
import { servePages } from '../../tests/support/pages.js';
import { startWorker } from '../harness/worker.js';
import { Renderer } from './renderer.js';
import { COLUMNS, COUNTS, ROWS } from './rows.js';

/** How long a page may take for a row, in milliseconds. */
const LIMIT = 60_000;

/** The part of a row that each page does before it is measured, with all contents compared. */
const WARM_UP = 0.25;

export async function open({ check }) {
  const files = await contenders();
  const server = startWorker(new URL('server.js', import.meta.url), ['the server']);
  const port = await server.call('port');
  const pages = await servePages({}, files);
  const browser = await launchChromium();
  const shares = new Map();
  const rows = Object.entries(ROWS).map(([name, job]) => ({
    name,
    metrics: { cpu: 'us/message', wall: 'us/message' },
    contenders: Object.fromEntries(
      Object.entries(COLUMNS).map(([column, contender]) => [
        column,
        async () => ({
          sample: async () => {
            const scaled = scale(job, { name, column, check });
            const { share, ...values } = await sample({ browser, pages, server, port, contender, job: scaled });
            const all = shares.get(name) ?? shares.set(name, []).get(name);
            all.push({ column, share });
            return values;
          },
          stop: async () => {},
        }),
      ]),
    ),
  }));
  return {
    title: `${await browser.version()}, over a Wisp relay; CPU of the renderer process, all threads`,
    base: 'websocket-wasm',
    rows,
    tables: [
      {
        title: "Over `native`, beside the browser's own class; no relay",
        base: 'over native',
        contenders: ['over native', 'built-in'],
      },
    ],
    notes: () => notes(shares),
    close: async () => {
      await browser.close();
      await pages.close();
      await server.stop();
    },
  };
}

/** What the pages load. */
async function contenders() {
  const read = (path) => readFile(new URL(path, import.meta.url));
  const modules = '../contenders/node_modules/';
  return {
    '/epoxy.js': await read(`${modules}@mercuryworkshop/epoxy-tls/full/epoxy-bundled.js`),
    '/libcurl.js': await read(`${modules}libcurl.js/libcurl_full.mjs`),
    '/bench/contenders.js': await read('browser/contenders.js'),
    '/bench/messages.js': await read('browser/messages.js'),
    '/bench/bytes.js': await read('browser/bytes.js'),
  };
}

/** @returns {import('./rows.js').Job} */
function scale(job, { name, column, check }) {
  const count = check ? Math.min(job.count, 8) : (COUNTS[name]?.[column] ?? job.count);
  return { ...job, count: Math.ceil(count / job.batch) * job.batch };
}

/** Opens a page for a contender, and measures it there. */
async function sample({ browser, pages, server, port, contender, job }) {
  const page = await browser.newPage();
  try {
    await page.goto(pages.url);
    await page.evaluate(prepare, { origin: `ws://127.0.0.1:${port}`, contender });
    const run = (job) =>
      within(
        page.evaluate((job) => globalThis.run(job), job),
        server,
      );
    const renderer = await Renderer.of(browser, page);
    await run({ ...job, count: Math.ceil((job.count * WARM_UP) / job.batch) * job.batch, compare: true });
    const session = await page.createCDPSession();
    await session.send('HeapProfiler.collectGarbage');
    const before = await server.call('cpu');
    let wall = 0;
    const cpu = await renderer.cpu(async () => {
      wall = 1000 * (await run({ ...job, compare: false }));
    });
    const share = ((await server.call('cpu')) - before) / wall;
    return { cpu: cpu / job.count, wall: wall / job.count, share };
  } finally {
    await page.close();
  }
}

/** Rejects with what the server found wrong, or after the limit. */
async function within(work, server) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${LIMIT / 1000} s`)), LIMIT);
  });
  try {
    return await Promise.race([work, limit]);
  } catch (error) {
    const failures = await server.call('failures');
    throw failures.length > 0 ? new Error(`the server: ${failures.join('; ')}`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs in the page. */
async function prepare({ origin, contender }) {
  const relay = `${origin}/wisp/`;
  if (contender === 'bytes') {
    const { exchangeBytes } = await import(/** @type {any} */ ('/bench/bytes.js'));
    globalThis.run = (job) => exchangeBytes(origin, job);
    return;
  }
  const { CONTENDERS } = await import(/** @type {any} */ ('/bench/contenders.js'));
  const { exchange } = await import(/** @type {any} */ ('/bench/messages.js'));
  const connect = await CONTENDERS[contender](relay);
  globalThis.run = (job) => exchange(connect, origin, job);
}

/** How busy the relay was, so that it can be seen whether it held up anything. */
function notes(shares) {
  return [...shares].map(([row, all]) => {
    const most = all.toSorted((one, other) => other.share - one.share)[0];
    return `${row}: the server and the relay used at most ${Math.round(100 * most.share)}% of a core (${most.column})`;
  });
}
