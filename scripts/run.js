// Child processes and progress lines, for every script here. Node's own modules only: it runs before `npm ci`.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root directory. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const started = Date.now();

/** Prints one progress line, with the seconds since the command began. */
export function say(text) {
  const seconds = ((Date.now() - started) / 1000).toFixed(0).padStart(4);
  console.log(`[${seconds} s] ${text}`);
}

const skipped = [];

/** Prints that a part is skipped and why, and keeps the line for {@link sayDone}. */
export function skip(text) {
  skipped.push(text);
  say(text);
}

/** Prints the skipped parts, and the last line. */
export function sayDone(text) {
  for (const line of skipped) say(line);
  say(text);
}

/**
 * Finds a program as a shell does.
 * @param {string} program a name, or a path
 * @returns {string | undefined} its path
 */
export function find(program) {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end; its output is shown.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<void>} rejects if it can't be started or exits with a status other than 0
 */
export async function run(program, args, { cwd = root, env = {} } = {}) {
  const { status, error } = await child(program, args, { cwd, env, stdio: 'inherit' });
  if (error) throw new Error(`${program} can't be run: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${status}`);
}

/**
 * Runs a program and captures its output.
 * @returns {Promise<string | undefined>} its standard output, or undefined if it can't be run or failed
 */
export async function ask(program, args, { cwd = root } = {}) {
  const { status, output } = await child(program, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? output : undefined;
}

function child(program, args, { cwd, env = {}, stdio }) {
  return new Promise((resolve) => {
    const process_ = spawn(program, args, { cwd, stdio, env: { ...process.env, ...env } });
    let output = '';
    process_.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    process_.on('error', (error) => resolve({ status: undefined, error, output }));
    process_.on('close', (status, signal) => resolve({ status: signal ?? status, output }));
  });
}

/** Exits with the error's message, without a stack: for a command's outermost `catch`. DEBUG shows the stack. */
export function fail(error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  if (process.env.DEBUG) console.error(error);
  process.exit(1);
}
