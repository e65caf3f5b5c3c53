// WebKit, by WebDriver: its driver speaks nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../../scripts/servers.js';

/**
 * @typedef {object} Driven A page in a browser.
 * @property {(url: string) => Promise<void>} open leaves the page for another
 * @property {(run: (argument: any) => any, argument: any) => Promise<any>} evaluate runs a function there; it has nothing
 *   but its argument
 * @property {() => Promise<void>} close ends the browser
 */

/**
 * Opens a page in WebKitGTK's MiniBrowser, on a display of its own.
 * @param {{ driver: string, browser: string }} programs
 * @returns {Promise<Driven>}
 */
export async function launchWebKit({ driver, browser }) {
  const port = await freePort();
  // A group of its own: xvfb-run starts more than one process, and all of them must end.
  const child = spawn('xvfb-run', ['-a', driver, `--port=${port}`], { stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  const call = async (path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body ? 'POST' : 'DELETE',
      body: body && JSON.stringify(body),
    });
    const { value } = await response.json();
    if (value?.error) throw new Error(`WebKit: ${value.error}: ${value.message}`);
    return value;
  };
  try {
    await listening(call);
    const capabilities = {
      alwaysMatch: { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } },
    };
    const { sessionId } = await call('/session', { capabilities });
    const session = `/session/${sessionId}`;
    await call(`${session}/timeouts`, { script: 600_000 });
    return {
      open: (url) => call(`${session}/url`, { url }),
      evaluate: async (run, argument) => {
        const script = `const [argument, done] = arguments;
          Promise.resolve(argument).then(${run}).then((value) => done({ value }), (error) => done({ failed: String(error) }));`;
        const { value, failed } = await call(`${session}/execute/async`, { script, args: [argument] });
        if (failed) throw new Error(failed);
        return value;
      },
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

/** Waits until the driver answers. */
async function listening(call) {
  for (let tries = 0; ; tries += 1) {
    try {
      await call('/session/none');
      return;
    } catch (error) {
      if (`${error}`.startsWith('Error: WebKit')) return;
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
