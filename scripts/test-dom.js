// `npm run test:dom`: every clause of the standard in every engine, scope and transport, as one table.
// Names of engines as arguments (chromium, firefox, webkit, node) run only those; --brief leaves the table out.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.js';
import { fail, root, say } from './run.js';
import { startRelay } from './servers.js';
import { webkit } from './setup/browsers.js';
import { setupTests } from './setup/index.js';

const SCOPES = ['window', 'worker', 'sharedworker'];
const WIRES = ['relay', 'native', 'platform'];
const ENGINES = ['node', 'chromium', 'firefox', 'webkit'];
const MARKS = { holds: '+', fails: 'F', 'n/a': '.' };

/**
 * Runs the clauses and prints what holds where; `dist/` must be built.
 * @param {string[]} engines
 * @param {{ brief?: boolean }} [options]
 * @returns {Promise<void>} rejects when a clause fails over one of our transports
 */
export async function testDom(engines, { brief = false } = {}) {
  const { startDomServer } = await import('../tests/servers/dom.js');
  const server = await startDomServer();
  const relay = await startRelay({ targets: [server.port] });
  const files = await serveFiles();
  const columns = [];
  try {
    for (const engine of engines) {
      say(`the clauses of the standard in ${engine} ...`);
      columns.push(...(await LAUNCH[engine]({ server: server.url, relay: relay.url, files: files.url })));
    }
  } finally {
    await files.close();
    await relay.close();
    await server.close();
  }
  print(columns, brief);
  const failures = columns.filter(({ wire }) => wire !== 'platform').flatMap(({ results }) => results);
  const count = failures.filter(({ verdict }) => verdict === 'fails').length;
  if (count > 0) throw new Error(`${count} clauses fail`);
}

const LAUNCH = {
  node: async ({ server }) => {
    const { runClauses } = await import('../tests/dom/harness.js');
    // Not for the type checker: clauses use the class wrongly on purpose.
    const { all } = await import(String(new URL('../tests/dom/clauses/index.js', import.meta.url)));
    const { WebSocket, tcp } = await import(pathToFileURL(join(root, 'dist', 'node.js')).href);
    /** @type {any} */
    const given = { WebSocket, server: (path = '/echo') => server + path, scope: 'node', wire: 'tcp', transport: tcp };
    const results = [];
    for (const { topic, clauses } of all) {
      for (const result of await runClauses(clauses, given)) results.push({ topic, ...result });
    }
    return [{ engine: 'node', scope: 'node', wire: 'tcp', results }];
  },
  chromium: async (servers) => inBrowser('chromium', servers, await puppet('launchChromium')),
  firefox: async (servers) => inBrowser('firefox', servers, await puppet('launchFirefox')),
  webkit: async (servers) => {
    const { launchWebKit } = await import('../tests/dom/engines/webkit.js');
    const programs = await webkit();
    return inBrowser('webkit', servers, () => launchWebKit(programs));
  },
};

async function puppet(name) {
  const { launchPuppet } = await import('../tests/dom/engines/puppeteer.js');
  const support = await import('../tests/page/support.js');
  return () => launchPuppet(support[name]);
}

async function inBrowser(engine, { server, relay, files }, launch) {
  const columns = [];
  const browser = await launch();
  try {
    for (const scope of SCOPES) {
      for (const wire of WIRES) {
        await browser.open(`${files}/`);
        const results = await browser.start({ scope, wire, server, relay });
        if (results.failed) throw new Error(`${engine}, ${scope}, ${wire}: ${results.failed}`);
        columns.push({ engine, scope, wire, results });
      }
    }
  } finally {
    await browser.close();
  }
  return columns;
}

/** Serves the project's own modules to the pages that test them. */
async function serveFiles() {
  const types = { '.js': 'text/javascript', '.html': 'text/html' };
  const served = ['dist', 'tests/dom'].map((folder) => join(root, folder));
  const http = createServer(async (request, response) => {
    const path = normalize(join(root, decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname)));
    if (path === root) {
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>clauses</title><link rel="icon" href="data:,">');
      return;
    }
    try {
      if (!served.some((folder) => path.startsWith(folder))) throw new Error('not served');
      const body = await readFile(path);
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => http.close(resolve)) };
}

function print(columns, brief) {
  const names = columns.map(({ engine, scope, wire }) => `${engine} ${scope} ${wire}`);
  if (!brief) {
    console.log();
    for (const [i, name] of names.entries()) console.log(`${'|'.repeat(i)}+-- ${name}`);
    for (const [row, clause] of (columns[0]?.results ?? []).entries()) {
      const marks = columns.map(({ results }) => MARKS[results[row]?.verdict] ?? '?').join('');
      console.log(`${marks}  ${clause.topic}: ${clause.asserts} (${clause.section})`);
    }
  }
  console.log('\n     holds fails n/a');
  for (const [i, { results }] of columns.entries()) {
    const count = (verdict) => String(results.filter((result) => result.verdict === verdict).length).padStart(5);
    console.log(`     ${count('holds')} ${count('fails')} ${count('n/a').slice(2)}  ${names[i]}`);
  }
  for (const [i, { results }] of columns.entries()) {
    for (const { topic, asserts, verdict, why } of results) {
      if (verdict === 'fails') console.log(`     fails in ${names[i]}: ${topic}: ${asserts}: ${why}`);
    }
  }
  console.log();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2).filter((name) => !name.startsWith('--'));
  const run = async () => {
    const { chromium, firefox } = await setupTests();
    Object.assign(process.env, { CHROMIUM: chromium, FIREFOX: firefox });
    await build({ types: false });
    await testDom(names.length > 0 ? names : ENGINES, { brief: process.argv.includes('--brief') });
  };
  await run().catch(fail);
}
