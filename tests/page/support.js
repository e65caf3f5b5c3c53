// What the tests of pages share: the project as `npm start` runs it, a static server, and browsers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { startRelay } from '../../scripts/servers.js';
import { startDomServer } from '../servers/dom.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs `npm start` until it prints the page's address.
 * @returns {Promise<{ url: string, interrupt: () => Promise<number | null> }>} `interrupt` is Ctrl-C; it gives the status
 */
export async function startProject() {
  const project = spawn('node', ['scripts/start.js'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(project, 'exit');
  let output = '';
  const url = await new Promise((resolve, reject) => {
    project.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const line = /^http:\/\/\S+$/m.exec(output);
      if (line) resolve(line[0]);
    });
    ended.then(() => reject(new Error(`npm start ended:\n${output}`)));
  });
  return {
    url,
    interrupt: async () => {
      project.kill('SIGINT');
      const [status] = await ended;
      return status;
    },
  };
}

/** What a page may load of the project. */
const SERVED = ['dist', 'tests/dom', 'tests/autobahn', 'tests/overflow'].map((folder) => join(root, folder));
const TYPES = { '.js': 'text/javascript', '.html': 'text/html' };

/**
 * Serves pages from memory, and dist/ and some folders of tests/ as any static server would.
 * @param {Record<string, { html: string, csp?: string }>} [pages] by path; `/` is there, and empty
 * @param {Record<string, string | Uint8Array>} [files] by path
 * @returns {Promise<{ url: string, close: () => Promise<unknown> }>}
 */
export async function servePages(pages = {}, files = {}) {
  const all = { '/': { html: '' }, ...pages };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const page = all[pathname];
    if (page) {
      if (page.csp) response.setHeader('content-security-policy', page.csp);
      response.setHeader('content-type', 'text/html').end(`<!doctype html><link rel="icon" href="data:,">${page.html}`);
      return;
    }
    if (files[pathname]) {
      response.setHeader('content-type', TYPES[extname(pathname)] ?? 'application/octet-stream').end(files[pathname]);
      return;
    }
    try {
      const path = normalize(join(root, decodeURIComponent(pathname)));
      if (!SERVED.some((folder) => path.startsWith(folder))) throw new Error('not served');
      const body = await readFile(path);
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      // Sandboxed pages load it too.
      response.setHeader('access-control-allow-origin', '*').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

/**
 * Serves pages, and beside them what the clauses of the standard talk to: the server, and a relay that reaches it.
 * @param {Parameters<typeof servePages>} served
 */
export async function serveWithRelay(...served) {
  const server = await startDomServer();
  const relay = await startRelay({ targets: [server.port] });
  const files = await servePages(...served);
  const close = async () => {
    for (const running of [files, relay, server]) await running.close();
  };
  return { server, relay, pages: files, close };
}

/** Headless Chromium. */
export function launchChromium(...more) {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    protocolTimeout: 600_000,
    args: ['--no-sandbox', '--disable-component-update', '--disable-sync', ...quiet, ...more],
  });
}

/**
 * Headless Firefox. Not what is tested here: it makes a page wait up to a minute for a host that failed before; and of its
 * 6 connections to a host, a handshake that was given up early keeps one for good, so that soon none is left.
 *
 * Its home is a folder of the project: it never starts in one that it can't write to, or that is another user's.
 */
export async function launchFirefox() {
  const home = join(root, 'tests', '.out', 'home');
  await mkdir(home, { recursive: true });
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX,
    env: { ...process.env, HOME: home },
    protocolTimeout: 600_000,
    extraPrefsFirefox: {
      'network.websocket.delay-failed-reconnects': false,
      'network.http.max-persistent-connections-per-server': 250,
    },
  });
}

/** Collects what a page complains about: errors in its console, exceptions that nobody caught. */
export function complaints(page) {
  const all = [];
  page.on('console', (message) => message.type() === 'error' && all.push(message.text()));
  page.on('pageerror', (error) => all.push(`${error}`));
  return all;
}
