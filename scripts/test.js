// `npm test`: sets up, checks, builds and tests everything. Arguments are names of steps: only those run.
import { build } from './build.js';
import { Durations } from './durations.js';
import { fail, say, sayDone } from './run.js';
import { setUp } from './setup/index.js';
import { STEPS } from './steps.js';

async function test(names) {
  const unknown = names.filter((name) => !(name in STEPS));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown}; the steps are ${Object.keys(STEPS).join(', ')}`);
  const chosen = Object.entries(STEPS).filter(([name]) => names.length === 0 || names.includes(name));
  const durations = new Durations();
  try {
    await runSteps(chosen, durations);
  } finally {
    console.log(`\n${durations.table()}\n`);
  }
  sayDone('all tests passed');
}

/**
 * @param {[name: string, step: import('./steps.js').Step][]} steps
 * @param {Durations} durations
 */
async function runSteps(steps, durations) {
  // Before the first step, to fail at once if something can't be installed.
  await durations.measure('the set-up', () => setUp(steps.flatMap(([, { needs }]) => needs)));
  /** @type {Promise<void> | undefined} */
  let built;
  for (const [name, { title, needs, run }] of steps) {
    say(`${name}: ${title} ...`);
    if (needs.includes('dist')) {
      built ??= durations.measure('building dist/', () => build());
      await built;
    }
    await durations.measure(name, run);
  }
}

await test(process.argv.slice(2)).catch(fail);
