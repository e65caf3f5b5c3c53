// Chromium with its driver, and Firefox: the machine's own if it has them, else Debian's packages.
import { ask, run, say } from '../run.js';

/** @typedef {{ chromium: string, chromedriver: string, firefox: string }} Browsers paths of the programs */

const WANTED = {
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  chromedriver: { names: ['chromedriver'], debian: 'chromium-driver' },
  firefox: { names: ['firefox', 'firefox-esr'], debian: 'firefox-esr' },
};

/** @returns {Promise<Browsers>} */
export async function browsers() {
  let found = await look();
  const missing = Object.keys(WANTED).filter((name) => !found[name]);
  if (missing.length > 0) {
    await install(missing.map((name) => WANTED[name].debian));
    found = await look();
  }
  for (const name of missing) {
    if (!found[name]) throw new Error(`the tests need ${name}: install it so that it is in PATH`);
  }
  return /** @type {Browsers} */ (found);
}

async function look() {
  const found = {};
  for (const [name, { names }] of Object.entries(WANTED)) {
    for (const candidate of names) {
      found[name] ??= (await ask('which', [candidate]))?.trim();
    }
  }
  return found;
}

async function install(packages) {
  const advice = `install these (Debian's names) and try again: ${packages.join(' ')}`;
  if (!(await ask('which', ['apt-get']))) throw new Error(`the tests need programs that are not here: ${advice}`);
  const root = process.getuid?.() === 0;
  if (!root && !(await ask('sudo', ['-n', 'true']))) throw new Error(`no root here: ${advice}`);
  const apt = async (...args) =>
    root ? run('apt-get', ['-qq', ...args], quiet) : run('sudo', ['-n', 'apt-get', '-qq', ...args], quiet);
  say(`installing ${packages.join(', ')} with apt-get ...`);
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', ...packages);
}

const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
