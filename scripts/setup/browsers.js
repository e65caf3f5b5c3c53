// Chromium with its driver, and Firefox: the machine's own if it has them, else Debian's packages.
import { ask, run, say } from '../run.js';

/** @typedef {{ chromium: string, chromedriver: string, firefox: string }} Browsers paths of the programs */

const WANTED = {
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  chromedriver: { names: ['chromedriver'], debian: 'chromium-driver' },
  firefox: { names: ['firefox', 'firefox-esr'], debian: 'firefox-esr' },
};

const WEBKIT = {
  driver: { names: ['WebKitWebDriver'], debian: 'webkit2gtk-driver' },
  browser: {
    names: [
      '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
      '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
    ],
    debian: 'webkit2gtk-driver',
  },
  display: { names: ['xvfb-run'], debian: 'xvfb' },
};

/** @returns {Promise<Browsers>} */
export function browsers() {
  return have(WANTED);
}

/** @returns {Promise<{ driver: string, browser: string, display: string }>} WebKit's programs */
export function webkit() {
  return have(WEBKIT);
}

async function have(wanted) {
  let found = await look(wanted);
  const missing = Object.keys(wanted).filter((name) => !found[name]);
  if (missing.length > 0) {
    await install([...new Set(missing.map((name) => wanted[name].debian))]);
    found = await look(wanted);
  }
  for (const name of missing) {
    if (!found[name]) throw new Error(`the tests need ${name}: install it so that it is in PATH`);
  }
  return found;
}

async function look(wanted) {
  const found = /** @type {any} */ ({});
  for (const [name, { names }] of Object.entries(wanted)) {
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
