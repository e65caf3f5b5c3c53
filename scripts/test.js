// `npm test`: sets up, checks, builds and tests everything. Arguments are names of steps: only those run.
import { build } from './build.js';
import { fail, say, sayDone } from './run.js';
import { setUp } from './setup/index.js';
import { STEPS } from './steps.js';

async function test(names) {
  const unknown = names.filter((name) => !(name in STEPS));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown}; the steps are ${Object.keys(STEPS).join(', ')}`);
  const chosen = Object.entries(STEPS).filter(([name]) => names.length === 0 || names.includes(name));
  // Before the first step, to fail at once if something can't be installed.
  await setUp(chosen.flatMap(([, { needs }]) => needs));
  /** @type {Promise<void> | undefined} */
  let built;
  for (const [name, { title, needs, run }] of chosen) {
    say(`${name}: ${title} ...`);
    if (needs.includes('dist')) {
      built ??= build();
      await built;
    }
    await run();
  }
  sayDone('all tests passed');
}

await test(process.argv.slice(2)).catch(fail);
