// The page that `npm start` serves, used as a person would use it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { startProject } from '../support/project.js';

let project;
before(async () => {
  project = await startProject();
});
after(() => project.interrupt());

const title = 'the page connects, echoes each kind of message, shows frames, and closes';
testInBrowsers(['chromium', 'firefox'], title, async (page) => {
  const errors = collectErrors(page);
  await page.goto(project.url);
  await isState(page, 'OPEN');
  await page.waitForSelector('#frames tr');

  await type(page, '#text', 'zwölf');
  await page.click('#send-text');
  await page.waitForSelector('#events [data-event=message][data-kind=string][data-size="6"]');

  const sizes = { arraybuffer: 1_001, view: 1_002, blob: 70_003 };
  for (const [kind, size] of Object.entries(sizes)) {
    await type(page, '#random-size', `${size}`);
    await page.select('#random-kind', kind);
    await page.click('#send-random');
    await page.waitForSelector(`#events [data-event=message][data-size="${size}"]`);
    await page.waitForSelector(`#frames [data-direction=received][data-opcode="2"][data-length="${size}"]`);
  }
  await page.select('#binary-type', 'arraybuffer');
  const file = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$('#file'));
  await file.uploadFile(fileURLToPath(new URL('../support/servers/tls/ca.crt', import.meta.url)));
  await page.waitForSelector('#events [data-event=message][data-kind=arraybuffer]');

  await type(page, '#close-code', '3001');
  await type(page, '#close-reason', 'bye');
  await page.click('#close');
  await isState(page, 'CLOSED');
  const close = await page.$eval('#events [data-event=close]:last-of-type', (entry) => entry.textContent);
  assert.match(close ?? '', /3001.*bye/s);
  await page.waitForSelector('#frames [data-direction=sent][data-opcode="8"]');
  assert.deepEqual(errors, []);
});

const relayed = 'over a relay with a WebSocket for each connection, the page echoes in the clear and encrypted';
testInBrowsers(['chromium', 'firefox'], relayed, async (page) => {
  const errors = collectErrors(page);
  await page.goto(project.url);
  await isState(page, 'OPEN');
  const wisp = await page.$eval('#relay', (input) => /** @type {HTMLInputElement} */ (input).value);
  await page.select('#transport', 'relay');
  const template = await page.$eval('#relay', (input) => /** @type {HTMLInputElement} */ (input).value);
  assert.match(template, /\{hostname\}:\{port\}$/);
  for (const [server, size] of /** @type {const} */ ([
    ['echo', 1_003],
    ['tlsEcho', 1_004],
  ])) {
    await page.select('#server', server);
    await page.click('#connect');
    await page.waitForFunction(
      (scheme) => document.querySelector('#url')?.textContent?.startsWith(scheme),
      {},
      server === 'echo' ? 'ws:' : 'wss:',
    );
    await isState(page, 'OPEN');
    await type(page, '#random-size', `${size}`);
    await page.click('#send-random');
    await page.waitForSelector(`#events [data-event=message][data-size="${size}"]`);
    await page.waitForSelector(`#frames [data-direction=received][data-opcode="2"][data-length="${size}"]`);
  }
  await page.select('#transport', 'native');
  assert.equal(await page.$eval('#relay', (input) => /** @type {HTMLInputElement} */ (input).disabled), true);
  await page.select('#transport', 'wisp');
  assert.equal(await page.$eval('#relay', (input) => /** @type {HTMLInputElement} */ (input).value), wisp);
  assert.deepEqual(errors, []);
});

test('SIGINT stops the page, the echo servers and the relays', async () => {
  const other = await startProject();
  const { echo, tlsEcho, relay, template } = await (await fetch(`${other.url}servers.json`)).json();
  const urls = [other.url, echo, tlsEcho, relay, template];
  for (const url of urls) await reach(url);
  assert.equal(await other.interrupt(), 0);
  for (const url of urls) await assert.rejects(reach(url), { code: 'ECONNREFUSED' }, url);
});

/** Connects by TCP to the host of a URL. */
async function reach(url) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

function isState(page, state) {
  return page.waitForFunction((want) => document.querySelector('#state')?.textContent === want, {}, state);
}

async function type(page, selector, text) {
  await page.$eval(selector, (input) => {
    /** @type {HTMLInputElement} */ (input).value = '';
  });
  await page.type(selector, text);
}
