// What wasm-bindgen made, as a function: each call gives bindings of their own, so that there can be a fresh instance of
// the core after one has trapped. wasm-bindgen's modules have room for one.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EXPORTS = 'wasm = instance.exports;';
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
  if (body.split(EXPORTS).length !== 2 || !LAST.test(body) || constants.length === 0 || names.length === 0) {
    throw new Error('wasm-bindgen writes another kind of module than scripts/glue.js reads');
  }
  const inner = body
    .replace(LAST, `return { initSync, ${names.join(', ')} };`)
    .replace(EXPORTS, 'wasm = guard(instance.exports);')
    .replace(/^export (?=class|function)/gm, '');
  const text = `${constants.join('\n')}\nexport function makeBindings(guard) {\n${inner}}\n`;
  writeFileSync(join(folder, 'instance.js'), text);
  writeFileSync(join(folder, 'instance.d.ts'), DECLARATION);
}

const DECLARATION = `import type * as bindings from './websocket_wasm.js';
export { EventKind } from './websocket_wasm.js';
/** What wasm-bindgen's module exports, for one instance. */
export type Bindings = typeof bindings;
/** Makes bindings; \`guard\` may stand in front of the instance's exports. */
export function makeBindings(guard: (exports: WebAssembly.Exports) => WebAssembly.Exports): Bindings;
`;
