// Serves the consumers' folder as any static server would.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from '../../../scripts/run.js';
import { listen } from '../../../scripts/servers.js';
import { folder } from './project.js';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/**
 * Serves the folder. Below `/held/` it is served again, and its wasm files are delayed until `/release` is requested.
 * @returns {Promise<{ url: string, csp: Map<string, string>, close: () => Promise<unknown> }>} `csp` by project
 */
export async function serve() {
  const csp = new Map();
  let release = () => {};
  const released = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const policy = csp.get(pathname.split('/')[1]);
    if (policy) response.setHeader('content-security-policy', policy);
    if (pathname === '/release') release();
    try {
      if (pathname.startsWith('/held/') && pathname.endsWith('.wasm')) await released;
      const body = await readFile(fileOf(pathname));
      response.setHeader('content-type', TYPES[extname(pathname)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const { origin, close } = await listen(server, { scheme: 'http' });
  return { url: origin, csp, close };
}

function fileOf(pathname) {
  const path = normalize(decodeURIComponent(pathname)).replace(/^\/held\//, '/');
  return path.startsWith('/tests/dom/') || path === '/tests/support/events.js' ? join(root, path) : join(folder, path);
}
