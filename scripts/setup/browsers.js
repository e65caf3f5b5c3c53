// Browsers and their drivers: the machine's own if it has them, otherwise Debian's packages.
import { ask, find, run, say } from '../run.js';

/** The names of each, of which the first that is found is used, and Debian's package. */
const PROGRAMS = {
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  chromedriver: { names: ['chromedriver'], debian: 'chromium-driver' },
  firefox: { names: ['firefox', 'firefox-esr'], debian: 'firefox-esr' },
  WebKitWebDriver: { names: ['WebKitWebDriver'], debian: 'webkit2gtk-driver' },
  MiniBrowser: {
    names: [
      '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
      '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
    ],
    debian: 'webkit2gtk-driver',
  },
  'xvfb-run': { names: ['xvfb-run'], debian: 'xvfb' },
  // Debian's xvfb only recommends it, but xvfb-run doesn't run without it.
  xauth: { names: ['xauth'], debian: 'xauth' },
};

/** The programs that each browser needs. */
export const BROWSERS = {
  chromium: ['chromium'],
  chromedriver: ['chromium', 'chromedriver'],
  firefox: ['firefox'],
  webkit: ['WebKitWebDriver', 'MiniBrowser', 'xvfb-run', 'xauth'],
};

/** The variables with the paths of these; a variable that is already set is kept. */
const VARIABLES = { chromium: 'CHROMIUM', chromedriver: 'CHROMEDRIVER', firefox: 'FIREFOX' };

/**
 * Finds or installs browsers, and puts their paths into the environment.
 * @param {string[]} names of {@link BROWSERS}
 */
export async function browsers(names) {
  const found = await have([...new Set(names.flatMap((name) => BROWSERS[name]))]);
  for (const [program, variable] of Object.entries(VARIABLES)) {
    if (found[program]) process.env[variable] = found[program];
  }
}

/** @returns {Promise<{ driver: string, browser: string }>} WebKit's programs */
export async function webkit() {
  const found = await have(BROWSERS.webkit);
  return { driver: found.WebKitWebDriver, browser: found.MiniBrowser };
}

async function have(programs) {
  const missing = programs.filter((program) => !look(program));
  if (missing.length > 0) await install([...new Set(missing.map((program) => PROGRAMS[program].debian))]);
  const found = Object.fromEntries(programs.map((program) => [program, look(program)]));
  for (const program of missing) {
    if (!found[program]) throw new Error(`the tests need ${program}: install it so that it is in PATH`);
  }
  return found;
}

/** @returns {string | undefined} its path */
function look(program) {
  return process.env[VARIABLES[program]] || PROGRAMS[program].names.map(find).find(Boolean);
}

async function install(packages) {
  const advice = `install these (Debian's names) and try again: ${packages.join(' ')}`;
  if (!find('apt-get')) throw new Error(`the tests need programs that are missing here: ${advice}`);
  const root = process.getuid?.() === 0;
  if (!root && !(await ask('sudo', ['-n', 'true']))) throw new Error(`installing programs needs root: ${advice}`);
  // By `env`, because sudo clears the environment.
  const [program, ...before] = [...(root ? [] : ['sudo', '-n']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const apt = (...args) => run(program, [...before, '-qq', ...args]);
  say(`installing ${packages.join(', ')} with apt-get ...`);
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', ...packages);
}
