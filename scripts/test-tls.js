// `npm run test:tls`: the packed package in Node against other TLS implementations, as a table, and over connections whose
// bytes are changed, each in every way. Names of servers as arguments run only the table, with these. `--fuzz SECONDS` runs
// the fuzz target of what a server sends for that long, at the end.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.js';
import { installPacked } from './pack.js';
import { fail, root, run, say, sayDone, skip } from './run.js';
import { setUp } from './setup/index.js';

/** The project with the checks, in which the packed package is installed. */
const FOLDER = 'tests/tls';

/** The needs of {@link testTls}. @type {import('./setup/index.js').Need[]} */
const NEEDS = ['dist', 'npm:tests', 'npm:tls', 'tls-servers'];

const MARKS = { holds: '+', fails: 'F', 'n/a': '.' };

/**
 * Runs the checks with servers, and prints the results; `dist/` must be built.
 * @param {string[]} names of servers; none: all
 * @returns {Promise<void>} rejects when a check fails
 */
export async function testTls(names) {
  await installPacked(FOLDER);
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', FOLDER]);
  // Not for the type checker: the project has the packed package.
  const { runWith, SERVERS } = await import(String(new URL(`../${FOLDER}/run.js`, import.meta.url)));
  const unknown = names.filter((name) => !SERVERS.includes(name));
  if (unknown.length > 0) throw new Error(`no such server: ${unknown}; there are ${SERVERS.join(', ')}`);
  const columns = [];
  for (const name of names.length > 0 ? names : SERVERS) {
    say(`TLS with ${name} ...`);
    const ran = await runWith(name);
    if (ran) columns.push(ran);
    else skip(`${name}: skipped. This machine doesn't have it`);
  }
  print(columns);
  const count = columns.flatMap(failures).length;
  if (count > 0) throw new Error(`${count} checks fail`);
}

const failures = ({ results }) => results.filter(({ verdict }) => verdict === 'fails');

function print(columns) {
  console.log();
  for (const [i, { version }] of columns.entries()) console.log(`${'|'.repeat(i)}+-- ${version}`);
  for (const [row, { title }] of (columns[0]?.results ?? []).entries()) {
    console.log(`${columns.map(({ results }) => MARKS[results[row].verdict]).join('')}  ${title}`);
  }
  console.log('\n     holds fails n/a');
  for (const { version, results } of columns) {
    const count = (verdict) => String(results.filter((result) => result.verdict === verdict).length).padStart(5);
    console.log(`     ${count('holds')} ${count('fails')} ${count('n/a').slice(2)}  ${version}`);
  }
  for (const column of columns) {
    for (const { title, why } of failures(column)) console.log(`     fails with ${column.version}: ${title}: ${why}`);
  }
  console.log();
}

/** Changes every byte of connections; `dist/` must be built. */
async function changeEveryByte() {
  await installPacked('tests/package');
  const { tamperEverywhere } = await import('../tests/package/support/tamper.js');
  say('changing every byte of connections ...');
  await tamperEverywhere((name, connections) => say(`  ${name}: ${connections} connections`));
}

async function command() {
  const { values, positionals: names } = parseArgs({ options: { fuzz: { type: 'string' } }, allowPositionals: true });
  await setUp(NEEDS);
  await build();
  await testTls(names);
  if (names.length === 0) await changeEveryByte();
  if (values.fuzz) await run('node', ['scripts/fuzz.js', '--seconds', values.fuzz, 'tls']);
  sayDone('all checks hold');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command().catch(fail);
