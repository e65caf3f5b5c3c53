// A static server for pages.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from '../../scripts/run.js';
import { listen } from '../../scripts/servers.js';

/** The folders and files of the project that a page may load. */
const SERVED = [
  'dist',
  'tests/dom',
  'tests/autobahn',
  'tests/overflow',
  'tests/support/events.js',
  'tests/support/relays/wire.js',
  'tests/support/tls/exchange.js',
  'tests/transports/contract/cases',
];

/** Not application/wasm, which some servers don't know. The server of the consumers does. */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

/**
 * Serves pages from memory, and some of the project's folders as any static server would.
 * @param {Record<string, { html: string, csp?: string }>} [pages] by path; `/` exists by default, and is empty
 * @param {Record<string, string | Uint8Array>} [files] by path
 * @returns {Promise<{ url: string, close: () => Promise<unknown> }>} the URL has no slash at its end
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
    try {
      const body = files[pathname] ?? (await readFile(fileOf(pathname)));
      response.setHeader('content-type', TYPES[extname(pathname)] ?? 'application/octet-stream');
      // Sandboxed pages load it, too.
      response.setHeader('access-control-allow-origin', '*').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const { origin, close } = await listen(server, { scheme: 'http' });
  return { url: origin, close };
}

function fileOf(pathname) {
  const path = normalize(join(root, decodeURIComponent(pathname)));
  if (!SERVED.some((served) => path.startsWith(join(root, served)))) throw new Error('not served');
  return path;
}
