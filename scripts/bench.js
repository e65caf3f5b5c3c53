// `npm run bench:NAME`: sets up, builds, and runs benches/NAME.js on the build.
import { build } from './build.js';
import { fail, run } from './run.js';
import { setUp } from './setup/index.js';

/** What benchmarks need besides. @type {Record<string, import('./setup/index.js').Need[]>} */
const NEEDS = { tls: ['npm:tests', 'chromium'] };

async function bench(name, args) {
  await setUp(['dist', ...(NEEDS[name] ?? [])]);
  await build();
  await run('node', [`benches/${name}.js`, ...args]);
}

const [name, ...args] = process.argv.slice(2);
await bench(name, args).catch(fail);
