// Serves the consumers' folder as any static server would.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from '../../../scripts/run.js';
import { folder } from './project.js';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/**
 * Serves; `/held/` is the same folder with wasm files that arrive only after `/release` was asked for.
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, csp, close };
}

function fileOf(pathname) {
  const path = normalize(decodeURIComponent(pathname)).replace(/^\/held\//, '/');
  return path.startsWith('/tests/dom/') ? join(root, path) : join(folder, path);
}
