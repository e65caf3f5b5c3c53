// The folder of the consumers: the packed package, installed once, and a project for each consumer.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPacked } from '../../../scripts/pack.js';
import { root } from '../../../scripts/run.js';

/** The folder of the consumers: ignored by git and recreated by each run. */
export const folder = join(root, 'tests', '.out', 'consumers');

/** The folder of the programs that build and run the consumers. */
export const tools = fileURLToPath(new URL('node_modules/.bin', import.meta.url));

/** From a project. */
export const FROM_NODE_MODULES = '../node_modules/websocket-wasm/dist';

/** The start of each page. */
export const ICON = '<!doctype html><link rel="icon" href="data:,">';

/** A page with a module script. */
export const html = (script, before = '') => `${ICON}${before}<script type="module">${script}</script>`;

/** Makes the folder, with the packed package in its node_modules. */
export async function installConsumers() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // A workspace: tools that look for the project's root, as Vite does, find the shared node_modules.
  const json = { name: 'consumers', private: true, workspaces: ['none'] };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(json));
  await installPacked('tests/.out/consumers');
}

/**
 * Makes a consumer's project.
 * @param {string} name
 * @param {Record<string, string>} files by path
 * @returns {string} its folder
 */
export function makeProject(name, files) {
  const project = join(folder, name);
  const own = { 'package.json': `{ "name": "${name}", "private": true, "type": "module" }\n`, ...files };
  for (const [path, text] of Object.entries(own)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  cpSync(fileURLToPath(new URL('check.js', import.meta.url)), join(project, 'check.js'));
  return project;
}

/** The version of an npm package that a consumer uses. */
export function versionOf(name, modules = join(dirname(tools))) {
  const file = join(modules, name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : '?';
}

/**
 * A code block of README, unchanged except that its example servers are replaced.
 * @param {'html' | 'js'} language
 * @param {string} heading of its section
 * @param {Record<string, string>} urls
 */
export function readme(language, heading, urls) {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const block = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section)?.[1];
  if (!block) throw new Error(`README has no ${language} in "${heading}"`);
  return Object.entries(urls).reduce((code, [from, to]) => {
    if (!code.includes(from)) throw new Error(`README's ${language} in "${heading}" doesn't name ${from}`);
    return code.replace(from, to);
  }, block);
}
