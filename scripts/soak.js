// `npm run soak`: sets up, builds, and runs benches/soak/ on the build.
import { build } from './build.js';
import { fail, run } from './run.js';
import { setUp } from './setup/index.js';

async function soak(args) {
  await setUp(['dist']);
  await build();
  await run('node', ['benches/soak/index.js', ...args]);
}

await soak(process.argv.slice(2)).catch(fail);
