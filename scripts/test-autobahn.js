// `npm run test:autobahn`: the cases of Autobahn|Testsuite against the packed package in Node, or against dist/ in a page.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { caseIds, runCases } from './autobahn/cases.js';
import { inNode, inPage } from './autobahn/clients.js';
import { inWords, printShortfalls, printTables } from './autobahn/print.js';
import { ADVICE, findSuite } from './autobahn/suite.js';
import { matching, meetsBar, replaced } from './autobahn/verdicts.js';
import { build } from './build.js';
import { installPacked } from './pack.js';
import { fail, root, say, skip } from './run.js';
import { setUp } from './setup/index.js';

/** The groups that `npm test` runs: all but the limits and compression, which take minutes. */
export const SLICE = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.*', '7.*', '10.*'];

/** Up to this many failing cases are run again, alone, because a busy machine disturbs their timers. */
const MOST_AGAIN = 20;

const USAGE = `npm run test:autobahn -- [options]
  --cases PATTERN    only these cases, such as '9.*' or 1.1.1,6.*; may be repeated
  --page             in a page of Chromium, through a relay, instead of Node
  --tls              by TLS, to a server that decrypts for the suite's
  --client NAME      another client for comparison: ws (npm's, in Node) or native (the browser's own or Node's)
  --url URL          a running fuzzingserver, such as ws://127.0.0.1:9001
  --reports FOLDER   the folder that the server at --url writes its reports to
  --help             this text`;

/**
 * Runs cases, prints the verdicts, and keeps the suite's reports.
 * @param {object} options
 * @param {string[]} options.cases patterns
 * @param {boolean} [options.page] in a page; needs CHROMIUM in the environment
 * @param {boolean} [options.tls] by TLS
 * @param {string} [options.client]
 * @param {(agent: string) => Promise<import('./autobahn/suite.js').Suite>} options.start
 * @returns {Promise<void>} rejects when a case fails
 */
export async function testAutobahn({ cases, page = false, tls = false, client: name = 'package', start }) {
  const who = `${name === 'package' ? 'websocket-wasm' : name}-${page ? 'page' : 'node'}${tls ? '-tls' : ''}`;
  const suite = await start(who);
  let client;
  let terminator;
  try {
    if (tls) terminator = await terminatorOf(suite);
    client = page ? await inPage(name, suite.url, terminator) : await inNode(name, terminator);
    const all = await caseIds(suite.url);
    const ids = matching(all, cases);
    say(`${who}: ${ids.length} of the suite's ${all.length} cases ...`);
    const agent = who + suite.suffix;
    const first = await runCases({ suite, all, ids, agent, client });
    const short = first.filter((verdict) => !meetsBar(verdict)).map(({ id }) => id);
    let second = [];
    if (short.length > 0 && short.length <= MOST_AGAIN) {
      say(`again: ${short.join(' ')} ...`);
      second = await runCases({ suite, all, ids: short, agent: `${agent} again`, client });
    }
    report(first, second, suite.reports);
    const complaints = client.complaints();
    if (complaints.length > 0) throw new Error(`the page logged errors:\n${complaints.join('\n')}`);
  } finally {
    await client?.close();
    await terminator?.close();
    await suite.stop();
  }
}

async function terminatorOf(suite) {
  const { startTerminator } = await import('./autobahn/terminator.js');
  return startTerminator(Number(new URL(suite.url).port));
}

/** Prints all verdicts, and throws if a case fails. */
function report(first, second, reports) {
  const verdicts = replaced(first, second);
  printTables(verdicts);
  for (const again of second) {
    const before = first.find(({ id }) => id === again.id);
    console.log(`${again.id} was run twice: at first ${inWords(before)}; again ${inWords(again)}`);
  }
  printShortfalls(verdicts, reports);
  console.log(`the suite's reports: ${join(reports, 'index.html')}\n`);
  const count = verdicts.filter((verdict) => !meetsBar(verdict)).length;
  if (count > 0) throw new Error(`${count} of ${verdicts.length} cases fail`);
  say(`all ${verdicts.length} cases have the expected verdict`);
}

/** The suite found on this machine, with a folder of its own for each client's reports. */
function startFound({ name, start }) {
  return (who) => {
    const reports = join(root, 'reports', 'autobahn', who);
    rmSync(reports, { recursive: true, force: true });
    mkdirSync(reports, { recursive: true });
    say(`starting Autobahn|Testsuite: ${name} ...`);
    return start(reports);
  };
}

/** A server that is already running, and may have reports of earlier runs. */
function startGiven(url, reports) {
  const suffix = ` ${new Date().toISOString()}`;
  return async () => ({ url: url.replace(/\/$/, ''), reports: resolve(reports), suffix, stop: async () => {} });
}

/** Runs the groups of `npm test`, if the suite is available. */
export async function testSlice() {
  const found = await findSuite({ fetch: false });
  if (!found) {
    skip('autobahn: skipped. CONTRIBUTING.md says how to get the suite');
    return;
  }
  await installPacked('tests/package');
  await testAutobahn({ cases: SLICE, start: startFound(found) });
}

async function command() {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', multiple: true, default: ['*'] },
      page: { type: 'boolean', default: false },
      tls: { type: 'boolean', default: false },
      client: { type: 'string', default: 'package' },
      url: { type: 'string' },
      reports: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { cases, page, tls, client, url, reports } = values;
  if (tls && client !== 'package') throw new Error('--tls is for the package only: no other client has the option');
  if ((url === undefined) !== (reports === undefined)) throw new Error('--url and --reports must be used together');
  const found = url === undefined ? await findSuite({ fetch: true }) : undefined;
  if (url === undefined && !found) throw new Error(ADVICE);
  const start = found ? startFound(found) : startGiven(url, reports);
  await setUp(page ? ['dist', 'npm:tests', 'chromium'] : ['dist']);
  await build();
  await installPacked('tests/package');
  await testAutobahn({ cases, page, tls, client, start });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command().catch(fail);
