// Folders outside of the project. What npm and cargo print where they can't write doesn't tell what to do.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where a program keeps things.
 * @param {string} variable the environment's name for the folder
 * @param {string} name that it has in the home folder otherwise
 */
export function folderOf(variable, name) {
  return process.env[variable] || join(homedir(), name);
}

/**
 * Makes sure that such a folder is there and can be written.
 * @param {string} program
 * @param {string} variable
 * @param {string} name
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
