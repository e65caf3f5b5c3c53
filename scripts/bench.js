// `npm run bench`: sets up, builds, and measures beside peers; benches/harness/arguments.js has its arguments.
// `npm run bench:NAME`: the same for benches/NAME.js, a measurement of its own.
import { parse } from '../benches/harness/arguments.js';
import { build } from './build.js';
import { fail, run } from './run.js';
import { setUp } from './setup/index.js';

/** What the parts of `npm run bench` need. @type {Record<string, import('./setup/index.js').Need[]>} */
const PARTS = { node: ['dist', 'npm:benches'], page: ['dist', 'npm:benches', 'npm:tests', 'chromium'], core: ['rust'] };

/** What the others need. @type {Record<string, import('./setup/index.js').Need[]>} */
const OTHERS = { deflate: ['dist'], memory: ['dist'], tls: ['dist', 'npm:tests', 'chromium'] };

async function bench(args) {
  const [name, ...rest] = args;
  if (name in OTHERS) return measure(OTHERS[name], [`benches/${name}.js`, ...rest]);
  const { parts, json } = parse(args);
  // The output is then for programs.
  if (json) console.log = console.error;
  await measure(
    parts.flatMap((part) => PARTS[part]),
    ['benches/main.js', ...args],
  );
}

async function measure(needs, command) {
  await setUp(needs);
  if (needs.includes('dist')) await build();
  await run('node', command);
}

await bench(process.argv.slice(2)).catch(fail);
