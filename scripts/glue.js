// What wasm-bindgen made, as a function: each call gives bindings of their own, so that there can be a fresh instance of
// the core after one has trapped. wasm-bindgen's modules have room for one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EXPORTS = 'wasm = instance.exports;';
/** What an import that may throw leaves to the core. An overflowed stack isn't the core's: it is cut off like any call. */
const CAUGHT = /\} catch \(e\) \{\s*const idx = addToExternrefTable0\(e\);/;
/** What the module finds by name: the platform's as it is when the package is imported, and src/shim/wasm/engine.ts. */
const PLATFORM = ['DOMException', 'TextDecoder', 'TextEncoder', 'URL', 'console', 'crypto', 'engine'];
const LAST = /^export \{ initSync, __wbg_init as default \};\s*$/m;

/**
 * Writes `instance.js` and its declaration beside wasm-bindgen's module.
 * @param {string} folder where that is
 */
export function writeInstance(folder) {
  const module = readFileSync(join(folder, 'websocket_wasm.js'), 'utf8');
  const constants = [...module.matchAll(/^export const \w+ = Object\.freeze\(\{$.*?^\}\);$/gms)].map(([text]) => text);
  const names = [...module.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  const body = constants.reduce((text, constant) => text.replace(constant, ''), module);
  const known = body.split(EXPORTS).length === 2 && LAST.test(body) && CAUGHT.test(body);
  if (!known || constants.length === 0 || names.length === 0) {
    throw new Error('wasm-bindgen writes another kind of module than scripts/glue.js reads');
  }
  const inner = body
    .replace(LAST, `return { initSync, ${names.join(', ')} };`)
    .replace(EXPORTS, 'wasm = guard(instance.exports);')
    .replace(CAUGHT, (text) => text.replace('(e) {', '(e) { if (isOverflow(e)) throw e;'))
    .replaceAll('globalThis.crypto.', 'crypto.')
    .replace(/^export (?=class|function)/gm, '');
  const text = `${constants.join('\n')}\nexport function makeBindings(guard, isOverflow, { ${PLATFORM.join(', ')} }) {\n${inner}}\n`;
  writeFileSync(join(folder, 'instance.js'), text);
  writeFileSync(join(folder, 'instance.d.ts'), DECLARATION);
}

const DECLARATION = `import type * as bindings from './websocket_wasm.js';
export { EventKind } from './websocket_wasm.js';
/** What wasm-bindgen's module exports, for one instance. */
export type Bindings = typeof bindings;
/** Makes bindings; \`guard\` may stand in front of the instance's exports, and \`platform\` has the classes to use. */
export function makeBindings(
  guard: (exports: WebAssembly.Exports) => WebAssembly.Exports,
  isOverflow: (error: unknown) => boolean,
  platform: object,
): Bindings;
`;
