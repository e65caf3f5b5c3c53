// WebKitGTK's MiniBrowser, by WebDriver: its driver has no other protocol. Implements the part of puppeteer's interface
// that is needed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../../scripts/servers.js';
import { webkit } from '../../../scripts/setup/programs.js';
import { pause } from '../events.js';

const TIMEOUT = 600_000;

/**
 * Launches it on a display of its own.
 * @returns {Promise<import('./index.js').Browser>}
 */
export async function launchWebKit() {
  const { driver, browser, display: xServer } = await webkit();
  const display = await startDisplay(xServer);
  const port = await freePort();
  // A process group of its own: the driver starts several processes, and all must end.
  const child = spawn(driver, [`--port=${port}`], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, DISPLAY: display.name },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGTERM');
    await ended;
    await display.stop();
  };
  try {
    const call = await connect(port);
    const capabilities = {
      alwaysMatch: { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } },
    };
    const { sessionId, capabilities: got } = await call('/session', { capabilities });
    const session = `/session/${sessionId}`;
    await call(`${session}/timeouts`, { script: TIMEOUT });
    return {
      // The session's window; there is one.
      newPage: async () => ({
        goto: (url) => call(`${session}/url`, { url }),
        evaluate: async (run, ...args) => {
          const { value, failed } = await call(`${session}/execute/async`, { script: scriptOf(run), args });
          if (failed) throw new Error(failed);
          return value;
        },
        close: async () => {},
      }),
      version: async () => `WebKitGTK/${got.browserVersion}`,
      close: async () => {
        await call(session).catch(() => {});
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts an X server. It chooses the number of its display itself: of two that are started at a time, both would find the same
 * one free.
 * @param {string} program
 */
async function startDisplay(program) {
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const said = /** @type {import('node:stream').Readable} */ (child.stdio[3]).setEncoding('utf8');
  const number = await new Promise((resolve, reject) => {
    let text = '';
    said.on('data', (more) => {
      text += more;
      if (text.endsWith('\n')) resolve(text.trim());
    });
    ended.then(() => reject(new Error('the X server ended')), reject);
  });
  return {
    name: `:${number}`,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/** A WebDriver script that calls a function with all arguments but the last, the callback for the outcome. */
function scriptOf(run) {
  return `const done = arguments[arguments.length - 1];
    const args = [...arguments].slice(0, -1);
    Promise.resolve().then(() => (${run})(...args)).then((value) => done({ value }), (error) => done({ failed: String(error) }));`;
}

/** Waits until the driver answers. Returns a function that sends it a command: a POST with a body, a DELETE without. */
async function connect(port) {
  const call = async (path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body ? 'POST' : 'DELETE',
      body: body && JSON.stringify(body),
    });
    const { value } = await response.json();
    if (value?.error) throw new Error(`WebKit: ${value.error}: ${value.message}`);
    return value;
  };
  for (let attempts = 0; ; attempts += 1) {
    try {
      await fetch(`http://127.0.0.1:${port}/status`);
      return call;
    } catch (error) {
      if (attempts === 100) throw error;
      await pause(100);
    }
  }
}
