// What the tests of pages share: the project as `npm start` runs it, a static server, and browsers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';

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

/**
 * Serves dist/browser.js and pages from memory, as any static server would.
 * @param {Record<string, { html: string, csp?: string }>} pages
 * @returns {Promise<{ url: string, close: () => Promise<unknown> }>}
 */
export async function servePages(pages) {
  const server = createServer(async ({ url = '/' }, response) => {
    const page = pages[url];
    if (page) {
      if (page.csp) response.setHeader('content-security-policy', page.csp);
      response.setHeader('content-type', 'text/html').end(`<!doctype html><link rel="icon" href="data:,">${page.html}`);
    } else if (url === '/browser.js') {
      response.setHeader('content-type', 'text/javascript').end(await readFile(`${root}dist/browser.js`));
    } else {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** Headless Chromium. */
export function launchChromium() {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-component-update', '--disable-sync', ...quiet],
  });
}

/** Headless Firefox. */
export function launchFirefox() {
  return puppeteer.launch({ browser: 'firefox', executablePath: process.env.FIREFOX });
}

/** Collects what a page complains about: errors in its console, exceptions that nobody caught. */
export function complaints(page) {
  const all = [];
  page.on('console', (message) => message.type() === 'error' && all.push(message.text()));
  page.on('pageerror', (error) => all.push(`${error}`));
  return all;
}
