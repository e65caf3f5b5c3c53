// Loads the installed package's CommonJS files in another realm, as test runners do: in a context of node:vm.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction, createContext, runInContext } from 'node:vm';

const cjs = fileURLToPath(new URL('dist/cjs/', import.meta.resolve('websocket-wasm/package.json')));
const outside = createRequire(import.meta.url);

const language = new Set(runInContext('Object.getOwnPropertyNames(globalThis)', createContext()));

/** The globals of this platform without those of the language, which every context has. */
export const PLATFORM = Object.getOwnPropertyNames(globalThis).filter(
  (name) => !language.has(name) && name !== 'global',
);

/**
 * Loads an entry in a context, and returns its exports. Each call loads a new copy of the package.
 * @param {import('node:vm').Context} context
 * @param {string} entry such as `node`, the name of its file in dist/cjs/
 */
export function requireIn(context, entry) {
  const loaded = new Map();
  const load = (file) => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const require = (id) => (id.startsWith('.') ? load(join(dirname(file), id)) : outside(id));
    const options = { filename: file, parsingContext: context };
    compileFunction(readFileSync(file, 'utf8'), ['exports', 'require', 'module'], options)(
      module.exports,
      require,
      module,
    );
    return module.exports;
  };
  return load(join(cjs, `${entry}.cjs`));
}
