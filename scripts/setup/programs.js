// Programs that aren't Rust's or npm's: the machine's own if it has them, otherwise Debian's packages.
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
  Xvfb: { names: ['Xvfb'], debian: 'xvfb' },
  openssl: { names: ['openssl'], debian: 'openssl' },
  'gnutls-serv': { names: ['gnutls-serv'], debian: 'gnutls-bin' },
  selfserv: { names: ['selfserv'], debian: 'libnss3-tools' },
  certutil: { names: ['certutil'], debian: 'libnss3-tools' },
  pk12util: { names: ['pk12util'], debian: 'libnss3-tools' },
  cc: { names: ['cc'], debian: 'gcc' },
  // Debian's are in a folder that isn't in every user's PATH.
  haproxy: { names: ['haproxy', '/usr/sbin/haproxy'], debian: 'haproxy' },
  nginx: { names: ['nginx', '/usr/sbin/nginx'], debian: 'nginx-light' },
  tinyproxy: { names: ['tinyproxy', '/usr/bin/tinyproxy'], debian: 'tinyproxy-bin' },
  microsocks: { names: ['microsocks', '/usr/bin/microsocks'], debian: 'microsocks' },
  Xtigervnc: { names: ['Xtigervnc', 'Xvnc'], debian: 'tigervnc-standalone-server' },
};

/** The programs of each browser, and of the other needs. */
export const PROGRAM_SETS = {
  chromium: ['chromium'],
  chromedriver: ['chromium', 'chromedriver'],
  firefox: ['firefox'],
  webkit: ['WebKitWebDriver', 'MiniBrowser', 'Xvfb'],
  // OpenSSL's, GnuTLS's and NSS's, with NSS's tools for its key store, and a compiler for tests/tls/servers/loopback.c.
  'tls-servers': ['openssl', 'gnutls-serv', 'selfserv', 'certutil', 'pk12util', 'cc'],
  haproxy: ['haproxy'],
  nginx: ['nginx'],
  tinyproxy: ['tinyproxy'],
  microsocks: ['microsocks'],
  tigervnc: ['Xtigervnc'],
};

/** The variables with the paths of these; a variable that is already set is kept. */
const VARIABLES = { chromium: 'CHROMIUM', chromedriver: 'CHROMEDRIVER', firefox: 'FIREFOX' };

/**
 * Finds or installs programs, and puts the paths of browsers into the environment.
 * @param {string[]} names of {@link PROGRAM_SETS}
 */
export async function programs(names) {
  const found = await have([...new Set(names.flatMap((name) => PROGRAM_SETS[name]))]);
  for (const [program, variable] of Object.entries(VARIABLES)) {
    if (found[program]) process.env[variable] = found[program];
  }
}

/** @returns {Promise<{ driver: string, browser: string, display: string }>} WebKit's programs, and an X server */
export async function webkit() {
  const found = await have(PROGRAM_SETS.webkit);
  return { driver: found.WebKitWebDriver, browser: found.MiniBrowser, display: found.Xvfb };
}

/**
 * The path of a program that the set-up found or installed.
 * @param {keyof typeof PROGRAMS} program
 */
export function pathOf(program) {
  const path = look(program);
  if (!path) throw new Error(`${program} is not set up`);
  return path;
}

async function have(wanted) {
  const missing = wanted.filter((program) => !look(program));
  if (missing.length > 0) await debian([...new Set(missing.map((program) => PROGRAMS[program].debian))]);
  const found = Object.fromEntries(wanted.map((program) => [program, look(program)]));
  for (const program of missing) {
    if (!found[program]) throw new Error(`the tests need ${program}: install it so that it is in PATH`);
  }
  return found;
}

/** @returns {string | undefined} its path */
function look(program) {
  return process.env[VARIABLES[program]] || PROGRAMS[program].names.map(find).find(Boolean);
}

/**
 * Installs Debian's packages.
 * @param {string[]} packages
 * @returns {Promise<void>} rejects with instructions if that isn't possible
 */
export async function debian(packages) {
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
