// Folders outside the project. If these aren't writable, npm's and cargo's own errors don't say what to do.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The path of a program's folder.
 * @param {string} variable the environment variable with the path
 * @param {string} name its name in the home folder, if that isn't set
 */
export function folderOf(variable, name) {
  return process.env[variable] || join(homedir(), name);
}

/**
 * Creates such a folder if it doesn't exist.
 * @param {string} program
 * @param {string} variable
 * @param {string} name
 * @throws {Error} if it can't be written, with instructions
 */
export function writable(program, variable, name) {
  const folder = folderOf(variable, name);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch ({ code }) {
    throw new Error(`${program} can't write to ${folder} (${code}): set ${variable} or HOME to a folder where it can`);
  }
}
