// Chromium and Firefox, headless, by puppeteer. The environment names the programs (scripts/setup/programs.js).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { root } from '../../../scripts/run.js';

/** A page's script may run all clauses of a topic, in milliseconds. */
const protocolTimeout = 600_000;

/** @param {...string} flags command-line arguments */
export function launchChromium(...flags) {
  return launch(flags);
}

/**
 * The same, driven through a pipe: only so it accepts the protocol's commands for apps.
 * @param {...string} flags
 */
export function launchChromiumByPipe(...flags) {
  return launch(flags, true);
}

/** @param {string[]} flags @param {boolean} [pipe] */
function launch(flags, pipe = false) {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    protocolTimeout,
    pipe,
    args: ['--no-sandbox', '--disable-component-update', '--disable-sync', ...quiet, ...flags],
  });
}

/**
 * Two of Firefox's limits are lifted, which aren't under test: it delays connections to a host that failed before by up
 * to a minute; and of its 6 connections to a host, a handshake that was aborted early keeps one forever.
 *
 * Its home is a folder of the project: it needs one that it can write to and that its user owns.
 */
export async function launchFirefox() {
  const home = join(root, 'tests', '.out', 'home');
  await mkdir(home, { recursive: true });
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX,
    env: { ...process.env, HOME: home },
    protocolTimeout,
    extraPrefsFirefox: {
      'network.websocket.delay-failed-reconnects': false,
      'network.http.max-persistent-connections-per-server': 250,
    },
  });
}

/**
 * Collects the errors of a page: those in its console, and uncaught exceptions.
 * @param {import('puppeteer-core').Page} page
 */
export function collectErrors(page) {
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(`${error}`));
  return errors;
}
