// Turns the module that wasm-bindgen writes into a function. A module has a single instance; each call of the function
// makes another, so that the core can be instantiated again after a trap.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shortenNames } from './short-names.js';
import { dropUnusedElements } from './unused-elements.js';

const EXPORTS = 'wasm = instance.exports;';
/**
 * Passes the exception of an import to the core. A stack overflow isn't passed: it must abort the call like a trap. Node's own
 * functions may throw `undefined` if there is no stack left.
 */
const CAUGHT = /\} catch \(e\) \{\s*const idx = addToExternrefTable0\(e\);/;
/** The module's globals: the platform's from the time of the import, and src/shim/wasm/engine.ts. */
const PLATFORM = ['DOMException', 'TextDecoder', 'TextEncoder', 'console', 'crypto', 'engine'];
const LAST = /^export \{ initSync, __wbg_init as default \};\s*$/m;

/** The owner of a socket frees it: from then on no finalizer needs to watch it, which costs 120 bytes for each. */
const SOCKET = 'class Socket {';
const OWNED = 'owned() { SocketFinalization.unregister(this); }';

/** Exports that only the module itself uses. */
const UNUSED = ['print_panics'];

/** A value of an enumeration. */
const MEMBER = /^ {4}(\w+): (\d+), "\2": "\1",$/gm;

/**
 * Code that nothing needs here, and what replaces it: methods and parameters without callers, and ways for engines that lack
 * what every engine with SIMD has.
 * @type {[RegExp, string][]}
 */
const NEEDLESS = [
  [/cachedDataViewMemory0\.buffer\.detached === true \|\| \(.* && (.*)\)(?=\) \{$)/gm, '$1'],
  [/(?<=[\w\]]) \* 1(?=, 1\))/g, ''],
  [/^if \(Symbol\.dispose\) .*$/gm, ''],
  [/^ {4}__destroy_into_raw\(\) \{.*?^ {4}\}\n/gms, ''],
  [/(?<= {8}const ptr = this\.)__destroy_into_raw\(\);/g, '__wbg_ptr;\nthis.__wbg_ptr = 0;\nthis.owned();'],
  [/\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{.*\}\s*: (?=new FinalizationRegistry)/g, ''],
  [/^if \(!\('encodeInto' in cachedTextEncoder\)\) \{.*?^\}/gms, ''],
  // Only names, URLs and reasons are passed this way.
  [/(?<=passStringToWasm0\(\w+), wasm\.__wbindgen_malloc, wasm\.__wbindgen_realloc(?=\))/g, ''],
  [
    /^function passStringToWasm0\(.*?^\}/ms,
    `function passStringToWasm0(text) {
      return passArray8ToWasm0(cachedTextEncoder.encode(text), wasm.__wbindgen_malloc);
    }`,
  ],
  // The same statements in each import that returns a string.
  [
    /^ {12}(?:const|var) ptr1 = ([^;]*);\s*(?:const|var) len1 = WASM_VECTOR_LEN;\s*getDataViewMemory0\(\)\.setInt32\(\(arg0 >>> 0\) \+ 4 \* 1, len1, true\);\s*getDataViewMemory0\(\)\.setInt32\(\(arg0 >>> 0\) \+ 4 \* 0, ptr1, true\);/gm,
    'returnString(arg0, $1);',
  ],
  [
    /^function takeFromExternrefTable0/m,
    `function returnString(to, ptr) {
      to >>>= 0;
      const view = getDataViewMemory0();
      view.setInt32(to + 4, WASM_VECTOR_LEN, true);
      view.setInt32(to, ptr, true);
    }
    $&`,
  ],
  // Memory that has grown has another buffer; views of it are made anew where they are seldom needed.
  [/^let cachedDataViewMemory0 = null;\n/m, ''],
  [/^ {4}if \(cachedDataViewMemory0 .*?return cachedDataViewMemory0;/ms, 'return new DataView(wasm.memory.buffer);'],
  [/^let cachedUint32ArrayMemory0 = null;\nfunction getUint32ArrayMemory0\(\) \{.*?^\}\n/ms, ''],
  [
    /(?<=return )getUint32ArrayMemory0\(\)\.subarray\(ptr \/ 4, ptr \/ 4 \+ len\)/,
    'new Uint32Array(wasm.memory.buffer, ptr, len)',
  ],
  [/^ {4}cached(?:DataView|Uint32Array|Uint8Array)Memory0 = null;\n/gm, ''],
  [/(?<=ptr) \/ 1\b/g, ''],
  // Safari's decoder fails after 2 GiB, of which no more than names and reasons are decoded here.
  [/^ {4}numBytesDecoded \+= .*?(?=^ {4}return cachedTextDecoder)/ms, ''],
  [/^let numBytesDecoded = 0;\n/m, ''],
  [/^cachedTextDecoder\.decode\(\);\n/m, ''],
  [/^function initSync\(module\) \{.*?(?=^ {4}const imports)/gms, 'function initSync({ module }) {\n'],
  [/^ {4}if \(!\(module instanceof WebAssembly\.Module\)\) \{.*?^ {4}\}/gms, ''],
];

/**
 * Writes `instance.js` and `event-kind.js`, and their declarations, beside wasm-bindgen's module.
 * @param {string} folder wasm-bindgen's output
 */
export function writeInstance(folder) {
  const module = readFileSync(join(folder, 'websocket_wasm.js'), 'utf8');
  const constants = [...module.matchAll(/^export const \w+ = Object\.freeze\(\{$.*?^\}\);$/gms)].map(([text]) => text);
  const exported = [...module.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  const names = exported.filter((name) => !UNUSED.includes(name));
  const body = constants.reduce((text, constant) => text.replace(constant, ''), module);
  const needed = NEEDLESS.reduce((text, [code, replacement]) => text.replace(code, replacement), body);
  const known =
    NEEDLESS.every(([code]) => body.search(code) >= 0) &&
    body.split(EXPORTS).length === 2 &&
    body.split(SOCKET).length === 2 &&
    LAST.test(body) &&
    CAUGHT.test(body);
  if (!known || constants.length !== 1 || names.length === 0) {
    throw new Error(
      'wasm-bindgen writes a module that scripts/glue.js does not know: was its version changed in Cargo.lock?',
    );
  }
  const file = join(folder, 'websocket_wasm_bg.wasm');
  dropUnusedElements(file, needed);
  const inner = shortenNames(file, needed)
    .replace(LAST, `return { initSync, ${names.join(', ')} };`)
    .replace(EXPORTS, 'wasm = guard(instance.exports);')
    .replace(SOCKET, `${SOCKET}\n${OWNED}`)
    .replace(/^( {8}\w+): function(?=\()/gm, '$1')
    .replace(CAUGHT, (text) => text.replace('(e) {', '(e) { if (e === undefined || isOverflow(e)) throw e;'))
    .replaceAll('globalThis.crypto.', 'crypto.')
    .replace(/^export (?=class|function)/gm, '');
  const text = `export function makeBindings(guard, isOverflow, { ${PLATFORM.join(', ')} }) {\n${inner}}\n`;
  writeFileSync(join(folder, 'instance.js'), text);
  writeFileSync(join(folder, 'instance.d.ts'), DECLARATION);
  // Constants of their own, so that the bundler puts the numbers where they are used.
  const kinds = [...constants[0].matchAll(MEMBER)];
  writeFileSync(
    join(folder, 'event-kind.js'),
    kinds.map(([, name, value]) => `export const ${name} = ${value};\n`).join(''),
  );
  writeFileSync(
    join(folder, 'event-kind.d.ts'),
    kinds.map(([, name, value]) => `export const ${name}: ${value};\n`).join(''),
  );
}

const DECLARATION = `import type * as bindings from './websocket_wasm.js';
/** The exports of wasm-bindgen's module, for one instance. */
export type Bindings = typeof bindings;
/** Makes bindings. \`guard\` may wrap the instance's exports; \`platform\` has the globals to use. */
export function makeBindings(
  guard: (exports: WebAssembly.Exports) => WebAssembly.Exports,
  isOverflow: (error: unknown) => boolean,
  platform: object,
): Bindings;
`;
