// What the page that `npm start` serves shows of a connection, and its file.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pause } from '../support/events.js';
import { startProject } from '../support/project.js';

let project;
before(async () => {
  project = await startProject('--built');
});
after(() => project?.interrupt());

/** Opens the page, and waits for the four messages that it exchanges. */
async function openPage(page) {
  await page.goto(project.url);
  await has(page, '#state', 'OPEN');
  await page.waitForFunction(() => document.querySelectorAll('#events [data-event=message]').length === 4);
}

const shown = 'the page shows the response, the counters, the compression and the name of the transport';
testInBrowsers(['chromium', 'firefox'], shown, async (page) => {
  const errors = collectErrors(page);
  await openPage(page);
  await has(page, '#transport-name', 'wisp');
  await has(page, '#response-status', '101 Switching Protocols');
  await has(page, '[data-header=upgrade]', 'websocket');
  await has(page, '#sent-messages', '4');
  await has(page, '#received-messages', '4');
  assert.equal(await isHidden(page, '#compression'), true);
  assert.equal(await isHidden(page, '#response-body'), true);

  await choose(page, '#server', 'tlsEcho');
  await page.click('#connect');
  await page.waitForFunction(() => document.querySelector('#url')?.textContent?.startsWith('wss:'));
  await has(page, '#state', 'OPEN');
  await has(page, '#received-messages', '0');
  await page.$eval('#text', (text) => {
    /** @type {HTMLTextAreaElement} */ (text).value = 'x'.repeat(5_000);
  });
  await page.click('#send-text');
  await has(page, '#received-messages', '1');
  assert.equal(await isHidden(page, '#compression'), false);
  await has(page, '#sent-window', '32 KiB');
  const ratio = await page.$eval('#received-ratio', (cell) => Number.parseFloat(cell.textContent ?? ''));
  assert.ok(ratio > 10, `${ratio}`);
  assert.deepEqual(errors, []);
});

const refused = 'the page shows the response that refuses a connection, with its body';
testInBrowsers(['chromium', 'firefox'], refused, async (page) => {
  await openPage(page);
  await page.$eval('#address', (input) => {
    /** @type {HTMLInputElement} */ (input).value += 'refused';
  });
  await page.click('#connect');
  await has(page, '#connection-problem code', 'handshake-status');
  await has(page, '#response-status', '403 Forbidden');
  await has(page, '#response-text', 'This path refuses every connection.');
  assert.equal(await page.$eval('#response', (section) => /** @type {HTMLDetailsElement} */ (section).open), true);
  // A name of any length leaves room for the value.
  const share = await page.$eval('#response-headers', (list) => {
    const [name, value] = [document.createElement('dt'), document.createElement('dd')];
    name.textContent = 'x'.repeat(200);
    list.append(name, value);
    return value.clientWidth / list.clientWidth;
  });
  assert.ok(share > 0.3, `${share} of the list's width`);
});

const ended = 'keepAlive pings in silence, and terminate() drops the connection';
testInBrowsers(['chromium', 'firefox'], ended, async (page) => {
  await openPage(page);
  await choose(page, '#keep-alive', '5000');
  await page.click('#connect');
  await page.waitForSelector('#frames [data-direction=sent][data-opcode="9"]');
  await page.waitForSelector('#frames [data-direction=received][data-opcode="10"]');
  await page.click('#terminate');
  await has(page, '#state', 'CLOSED');
  await has(page, '#connection-problem code', 'terminated');
  assert.equal(await page.$eval('#terminate', (button) => /** @type {HTMLButtonElement} */ (button).disabled), true);
});

testInBrowsers(['chromium'], 'the page saves the connection as HAR, over bytes and over native', async (page) => {
  const folder = await mkdtemp(join(tmpdir(), 'page-'));
  try {
    const session = await page.createCDPSession();
    await session.send('Browser.setDownloadBehavior', {
      behavior: 'allow',
      browserContextId: page.browserContext().id,
      downloadPath: folder,
    });
    await openPage(page);
    const hars = [await exported(page, folder)];
    await choose(page, '#transport', 'native');
    for (const id of ['#relay', '#keep-alive']) {
      assert.equal(await page.$eval(id, (field) => /** @type {HTMLInputElement} */ (field).disabled), true, id);
    }
    await page.click('#connect');
    await has(page, '#transport-name', 'native');
    await has(page, '#state', 'OPEN');
    for (const id of ['#response', '#traffic', '#tls']) assert.equal(await isHidden(page, id), true, id);
    await page.click('#send-text');
    await page.waitForFunction(() => document.querySelectorAll('#events [data-event=message]').length === 5);
    hars.push(await exported(page, folder));
    const [overBytes, overNative] = hars.map(({ log }) => log.entries[0]);
    const brief = ({ _webSocketMessages: messages }) => messages.map(({ type, opcode }) => `${type} ${opcode}`);
    assert.deepEqual(
      brief(overBytes),
      ['send', 'receive'].flatMap((type) => [1, 2, 2, 2].map((opcode) => `${type} ${opcode}`)),
    );
    assert.deepEqual(brief(overNative), ['send 1', 'receive 1']);
    assert.deepEqual(
      [overBytes, overNative].map(({ _transport }) => _transport),
      ['wisp', 'native'],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Presses the button, and reads the file that the browser saves. */
async function exported(page, folder) {
  const before = new Set(await readdir(folder));
  await page.click('#export');
  for (;;) {
    const name = (await readdir(folder)).find((file) => file.endsWith('.har') && !before.has(file));
    if (name) return JSON.parse(await readFile(join(folder, name), 'utf8'));
    await pause(20);
  }
}

/** Waits until an element has that text. */
function has(page, selector, text) {
  return page.waitForFunction((of, wanted) => document.querySelector(of)?.textContent === wanted, {}, selector, text);
}

function isHidden(page, selector) {
  return page.$eval(selector, (element) => element.hidden);
}

function choose(page, selector, value) {
  return page.select(selector, value);
}
