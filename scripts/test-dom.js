// `npm run test:dom`: every clause of the standard in every engine, scope and transport, as one table.
// Names of engines as arguments (node, deno, bun, chromium, firefox, webkit) run only those; --brief omits the table.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { ask, fail, root, say } from './run.js';
import { startRelay } from './servers.js';
import { setUp } from './setup/index.js';

/** Every scope with every transport; `platform` is the engine's own class, for comparison. */
const ALL = ['window', 'worker', 'sharedworker'].flatMap((scope) =>
  ['relay', 'relay-tls', 'native', 'platform'].map((wire) => ({ scope, wire })),
);
/** The combinations that `npm test` runs. */
export const SLICE = [
  { scope: 'window', wire: 'relay' },
  { scope: 'worker', wire: 'relay' },
];
export const ENGINES = ['node', 'deno', 'bun', 'chromium', 'firefox', 'webkit'];
/** The clauses that an engine's own class fails only sometimes, so that one run may not show it. */
const BY_CHANCE = {
  chromium: [],
  // It may lose bytes that arrive with the handshake's response.
  firefox: ["bytes that arrive with the handshake's response are not lost"],
  // Its processes race: for the count of flushed bytes, which decides on wasClean, and for error and close.
  webkit: [
    'a Blob before close() is sent before the Close frame',
    'error and close of a failure are dispatched in one task',
  ],
};
const BROWSERS = ['chromium', 'firefox', 'webkit'];
const testTools = join(root, 'tests', 'node_modules', '.bin');
const MARKS = { holds: '+', fails: 'F', 'n/a': '.' };

/** @returns {import('./setup/index.js').Need[]} the needs of {@link testDom} for those engines */
export function needsOf(engines) {
  return /** @type {any} */ (['dist', 'npm:tests', ...engines.filter((engine) => BROWSERS.includes(engine))]);
}

/**
 * Runs the clauses and prints the results; `dist/` must be built.
 * @param {string[]} engines
 * @param {{ brief?: boolean, where?: { scope: string, wire: string }[] }} [options] `where` in each browser
 * @returns {Promise<void>} rejects when a clause fails over one of our transports
 */
export async function testDom(engines, { brief = false, where = ALL } = {}) {
  const { startDomServer } = await import('../tests/support/servers/dom.js');
  const { createAuthority } = await import('./certificates.js');
  const authority = createAuthority();
  const { certPem: cert, keyPem: key } = authority.issue({ names: ['127.0.0.1'] });
  const server = await startDomServer();
  const secure = await startDomServer({ cert, key });
  const relay = await startRelay({ targets: [server.port, secure.port] });
  const { servePages } = await import('../tests/support/pages.js');
  const files = await servePages();
  const urls = { plain: server.url, secure: secure.url, ca: authority.certPem, relay: relay.url };
  const columns = [];
  try {
    for (const engine of engines) {
      say(`the clauses of the standard in ${engine} ...`);
      columns.push(...(await LAUNCH[engine]({ ...urls, files: files.url, where })));
    }
  } finally {
    await files.close();
    await relay.close();
    await server.close();
    await secure.close();
  }
  print(columns, brief);
  const count = columns.flatMap((column) => failures(column, columns)).length;
  if (count > 0) throw new Error(`${count} clauses fail`);
}

/** The failures of a column that count: over `native`, not those of the engine's own class in any scope. */
function failures({ engine, wire, results }, columns) {
  const failed = results.filter(({ verdict }) => verdict === 'fails');
  if (wire === 'platform') return [];
  if (wire !== 'native') return failed;
  const own = columns.filter((other) => other.engine === engine && other.wire === 'platform');
  const alike = (a) => (b) => a.topic === b.topic && a.asserts === b.asserts && b.verdict === 'fails';
  const chance = ({ asserts }) => BY_CHANCE[engine].includes(asserts);
  return failed.filter((result) => !chance(result) && !own.some((column) => column.results.some(alike(result))));
}

const LAUNCH = {
  node: (servers) => standalone('node', ['node'], servers),
  deno: (servers) => standalone('deno', [join(testTools, 'deno'), 'run', '--quiet', '--allow-all'], servers),
  bun: (servers) => standalone('bun', [join(testTools, 'bun')], servers),
  chromium: (servers) => inBrowser('chromium', servers),
  firefox: (servers) => inBrowser('firefox', servers),
  webkit: (servers) => inBrowser('webkit', servers),
};

async function standalone(engine, [program, ...args], { plain, secure, ca }) {
  const columns = [];
  for (const [wire, more] of Object.entries({ tcp: [plain], 'tcp-tls': [secure, ca] })) {
    const printed = await ask(program, [...args, join(root, 'tests', 'dom', 'standalone.js'), ...more]);
    if (!printed) throw new Error(`${engine} could not run the clauses over ${wire}`);
    columns.push({ engine, scope: engine, wire, results: JSON.parse(printed.trim().split('\n').at(-1) ?? '') });
  }
  return columns;
}

async function topics() {
  // Not for the type checker: clauses use the class wrongly on purpose.
  const { all } = await import(String(new URL('../tests/dom/clauses/index.js', import.meta.url)));
  return all.map(({ topic }) => topic);
}

async function inBrowser(engine, { plain, secure, ca, relay, files, where }) {
  const { launch } = await import('../tests/support/browsers/index.js');
  const columns = [];
  const browser = await launch(engine);
  try {
    const page = await browser.newPage();
    for (const { scope, wire } of where) {
      say(`  ${scope}, ${wire}`);
      const results = [];
      for (const topic of await topics()) {
        // Reloaded, so that sockets which an engine keeps from one topic don't affect the next.
        await page.goto(`${files}/`);
        const ran = await page.evaluate(
          async (job) => (await import(/** @type {any} */ ('/tests/dom/entry.js'))).start(job),
          { scope, wire, topic, server: wire === 'relay-tls' ? secure : plain, ca, relay },
        );
        for (const result of ran) results.push({ topic, ...result });
      }
      columns.push({ engine, scope, wire, results });
    }
  } finally {
    await browser.close();
  }
  return columns;
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
  for (const [i, column] of columns.entries()) {
    for (const { topic, asserts, why } of failures(column, columns)) {
      console.log(`     fails in ${names[i]}: ${topic}: ${asserts}: ${why}`);
    }
  }
  console.log();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2).filter((name) => !name.startsWith('--'));
  const run = async () => {
    const unknown = names.filter((name) => !ENGINES.includes(name));
    if (unknown.length > 0) throw new Error(`no such engine: ${unknown}; there are ${ENGINES.join(', ')}`);
    const engines = names.length > 0 ? names : ENGINES;
    await setUp(needsOf(engines));
    await build();
    await testDom(engines, { brief: process.argv.includes('--brief') });
  };
  await run().catch(fail);
}
