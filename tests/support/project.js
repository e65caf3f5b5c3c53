// The servers of `npm start`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../../scripts/run.js';

/**
 * Runs `npm start` until it prints the page's address. Of the tests that run at a time, only those of one file may let it build.
 * @param {...string} args
 * @returns {Promise<{ url: string, interrupt: () => Promise<number | null> }>} `interrupt` sends SIGINT, and resolves
 *   with the exit status
 */
export async function startProject(...args) {
  const project = spawn('node', ['scripts/start.js', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(project, 'exit');
  let output = '';
  const url = await new Promise((resolve, reject) => {
    project.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const line = /^http:\/\/\S+$/m.exec(output);
      if (line) resolve(line[0]);
    });
    ended.then(() => reject(new Error(`npm start ended:\n${output}`)));
  });
  return {
    url,
    interrupt: async () => {
      project.kill('SIGINT');
      const [status] = await ended;
      return status;
    },
  };
}
