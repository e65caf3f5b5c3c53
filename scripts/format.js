// `npm run format`: formats everything as `npm test` checks it.
import { fail, run } from './run.js';
import { setUp } from './setup/index.js';

async function format() {
  await setUp(['rustfmt', 'npm:tests']);
  await run('cargo', ['fmt', '--all']);
  for (const crate of ['fuzz', 'examples/in-page']) await run('cargo', ['fmt', `--manifest-path=${crate}/Cargo.toml`]);
  await run('tests/node_modules/.bin/biome', ['check', '--write']);
}

await format().catch(fail);
