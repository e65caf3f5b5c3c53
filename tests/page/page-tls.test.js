// The page that `npm start` serves, over `wss:`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before } from 'node:test';
import tls from 'node:tls';
import { testInBrowsers, testInEveryBrowser } from '../support/browsers/tests.js';
import { startProject } from '../support/project.js';

let project;
/** @type {{ tlsEcho: string, ca: string }} */
let servers;
before(async () => {
  project = await startProject('--built');
  servers = await (await fetch(`${project.url}servers.json`)).json();
});
after(() => project?.interrupt());

testInEveryBrowser('over the relay, wss: echoes, and shows the parameters of TLS', async (page) => {
  await page.goto(project.url);
  await connectTo(page, { server: 'tlsEcho' });
  const fingerprint = await page.evaluate(textOf, '[data-fact=fingerprint256]');
  const facts = await page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('[data-fact]')].map((fact) => [fact.getAttribute('data-fact'), fact.textContent]),
    ),
  );
  const { validFrom, validTo, cipherSuite, group, ...rest } = facts;
  assert.deepEqual(rest, {
    protocol: 'TLSv1.3',
    resumed: 'false',
    alpnProtocol: 'http/1.1',
    subject: 'CN=localhost',
    issuer: 'CN=Authority of npm start',
    fingerprint256: fingerprint,
  });
  assert.match(cipherSuite, /^TLS_\w+_SHA256$/);
  assert.match(group, /^X25519/);
  const expected = await certificateOf(servers);
  assert.equal(fingerprint, expected.fingerprint256);
  assert.equal(Date.parse(validFrom), Date.parse(expected.valid_from));
  assert.equal(Date.parse(validTo), Date.parse(expected.valid_to));

  await page.evaluate(type, '#text', 'zwölf');
  await page.evaluate(press, '#send-text');
  await page.evaluate(textOf, '#events [data-event=message][data-kind=string][data-size="6"]');
  await page.evaluate(textOf, '#frames [data-direction=received][data-opcode="1"][data-length="6"]');

  await page.evaluate(press, '#connect');
  await page.evaluate(textOf, '[data-fact=resumed]', 'true');

  await connectTo(page, { server: 'echo' });
  await page.evaluate(textOf, '#url', /** @type {any} */ (servers).echo);
  await page.evaluate(textOf, '#state', 'OPEN');
  assert.equal(await page.evaluate(() => document.querySelectorAll('[data-fact]').length), 0);
});

testInEveryBrowser('another authority is refused by a failure whose code is shown', async (page) => {
  await page.goto(project.url);
  await connectTo(page, { server: 'tlsEcho' });
  await page.evaluate(textOf, '[data-fact=protocol]');

  await connectTo(page, { authorities: 'built-in' });
  const code = 'tls-certificate-unknown-issuer';
  await page.evaluate(textOf, '#connection-problem code', code);
  await page.evaluate(textOf, `#events [data-event=error][data-code=${code}]`);
  await page.evaluate(textOf, '#state', 'CLOSED');
  assert.equal(await page.evaluate(() => document.querySelectorAll('[data-fact]').length), 0);

  await page.evaluate(choose, '#authorities', 'other');
  await page.evaluate(type, '#ca', 'none');
  await page.evaluate(press, '#connect');
  await page.evaluate(textOf, '#events [data-event=exception][data-name=TypeError]');

  await page.evaluate(type, '#ca', servers.ca);
  await page.evaluate(press, '#connect');
  await page.evaluate(textOf, '[data-fact=protocol]', 'TLSv1.3');
  await page.evaluate(textOf, '#state', 'OPEN');
});

testInBrowsers(['chromium'], 'the relay connects to no other port, with or without TLS', async (page) => {
  await page.goto(project.url);
  await page.evaluate(textOf, '#state', 'OPEN');
  for (const scheme of ['ws:', 'wss:']) {
    // The page's own server.
    const address = project.url.replace('http:', scheme);
    await page.evaluate(type, '#address', address);
    await page.evaluate(press, '#connect');
    await page.evaluate(textOf, '#url', address);
    await page.evaluate(textOf, '#connection-problem code', 'relay-blocked');
  }
});

testInEveryBrowser('the authorities are those of the address', async (page) => {
  await page.goto(project.url);
  await page.evaluate(textOf, '#state', 'OPEN');
  const form = () =>
    page.evaluate(() => {
      const value = (id) => {
        const { value, hidden } = /** @type {HTMLSelectElement} */ (document.getElementById(id));
        return hidden ? 'hidden' : value;
      };
      return `${value('server')} ${value('authorities')}`;
    });
  assert.equal(await form(), 'echo hidden');
  for (const [address, expected] of [
    [`${servers.tlsEcho}path`, 'other own'],
    [servers.tlsEcho, 'tlsEcho own'],
    ['wss://server.example/', 'other built-in'],
    ['https://server.example/', 'other built-in'],
    ['ws://server.example/', 'other hidden'],
    ['//', 'other hidden'],
  ]) {
    await page.evaluate(type, '#address', address);
    assert.equal(await form(), expected, address);
  }
  await page.evaluate(type, '#address', servers.tlsEcho);
  await page.evaluate(choose, '#transport', 'native');
  assert.equal(await form(), 'tlsEcho hidden');
  await page.evaluate(textOf, '#native-tls:not([hidden])');
});

/** Sets selects, and connects. */
async function connectTo(page, chosen) {
  await page.evaluate(textOf, '#state', 'OPEN');
  for (const [id, value] of Object.entries(chosen)) await page.evaluate(choose, `#${id}`, value);
  await page.evaluate(press, '#connect');
}

/** The certificate of the server, as Node sees it, with the only authority that is trusted. */
async function certificateOf({ tlsEcho, ca }) {
  const { hostname, port } = new URL(tlsEcho);
  const socket = tls.connect({ host: hostname, port: Number(port), ca });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate();
  } finally {
    socket.destroy();
  }
}

// In the page.

function choose(selector, value) {
  const select = document.querySelector(selector);
  select.value = value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}

function type(selector, text) {
  const input = document.querySelector(selector);
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

function press(selector) {
  document.querySelector(selector).click();
}

/** Resolves with the text of the element, once it exists and has a text: the wanted one, if one is given. */
async function textOf(selector, wanted = undefined) {
  for (;;) {
    const text = document.querySelector(selector)?.textContent;
    if (wanted === undefined ? text : text === wanted) return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
