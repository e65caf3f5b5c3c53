// `npm run bench` on a package that is built: measures the chosen parts and prints their tables. harness/arguments.js has
// the arguments.
import { spawn } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { fail } from '../scripts/run.js';
import { matcher, parse } from './harness/arguments.js';
import { measure } from './harness/rounds.js';
import { printAll } from './harness/table.js';

/** @typedef {import('./harness/table.js').Results} Results */

/** Rounds before those that count: the optimising compiler takes its time. */
const WARMUPS = 2;

/** To stderr: stdout is for the results. */
const progress = (text) => console.error(`  ${text}`);

/**
 * @param {string} name
 * @param {import('./harness/arguments.js').Options} options
 * @returns {Promise<Results>}
 */
async function inJs(name, { check, rounds, cases }) {
  const { open } = await import(new URL(`${name}/index.js`, import.meta.url).href);
  const matches = matcher(cases);
  const part = await open({ check, cases: matches });
  try {
    const rows = await measure(part, { rounds, warmups: check ? 0 : WARMUPS, matches, progress });
    return { title: part.title, base: part.base, rows, tables: part.tables ?? [], notes: part.notes?.() ?? [] };
  } finally {
    await part.close();
  }
}

/**
 * @param {import('./harness/arguments.js').Options} options
 * @returns {Promise<Results>}
 */
async function inRust({ check, rounds, cases }) {
  const path = (name) => fileURLToPath(new URL(name, import.meta.url));
  const args = ['run', '--release', '--quiet', '--manifest-path', path('core/Cargo.toml')];
  args.push('--target-dir', path('../target/benches'), '--', '--rounds', `${rounds}`);
  for (const glob of cases) args.push('--case', glob);
  if (check) args.push('--check');
  const cargo = spawn('cargo', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  cargo.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const status = await new Promise((resolve, reject) => cargo.on('close', resolve).on('error', reject));
  if (status !== 0) throw new Error(`the benchmarks of the core exited with ${status}`);
  return JSON.parse(output);
}

async function main() {
  const options = parse(process.argv.slice(2));
  const machine = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} of ${cpus()[0]?.model.trim()}`;
  /** @type {Record<string, Results>} */
  const results = {};
  for (const name of options.parts) {
    progress(`${name} ...`);
    results[name] = await (name === 'core' ? inRust(options) : inJs(name, options));
    if (!options.json) printAll(results[name]);
  }
  if (Object.values(results).every(({ rows }) => rows.length === 0)) {
    throw new Error(`no row matches ${options.cases.join(', ')}`);
  }
  const load = loadavg().map((value) => value.toFixed(1));
  if (options.json) console.log(JSON.stringify({ machine, load, rounds: options.rounds, results }, null, 1));
  else console.log(`\n${machine}; ${options.rounds} rounds; load at the end ${load.join(' ')}`);
}

await main().catch(fail);
