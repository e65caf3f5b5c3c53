// Shorter names for what a WebAssembly module of wasm-bindgen's imports and exports: its own have a hash each, or repeat
// those of the classes and methods, and a page loads them twice.
import { readFileSync, writeFileSync } from 'node:fs';
import { nameBytes, numberBytes, readName, readNumber, withSections } from './wasm-sections.js';

const IMPORTS = 2;
const EXPORTS = 7;

/** Names that are kept: src/shim/wasm/instance.ts and tests/support/wasm.js refer to them. */
const KEPT = /^memory$|^socket_trace$/;

/** Functions that free an object: their names begin with an underscore, by which instance.ts tells them. */
const FREES = /^__wbg_\w+_free$/;

/** The name of the module that all imports are from: wasm-bindgen's, and ours. */
const MODULE = './websocket_wasm_bg.js';
const SHORT_MODULE = 'm';

/**
 * Renames the imports and exports of a module, in its file and in the text of its glue.
 * @param {string} file the module's, which may have been renamed before
 * @param {string} glue wasm-bindgen's JavaScript
 * @returns {string} the glue with the new names
 */
export function shortenNames(file, glue) {
  const imports = namesOf(glue, /^ {8}(\w+): function\b/gm);
  const exports = namesOf(glue, /\bwasm\.(\w+)/g);
  writeFileSync(file, rename(readFileSync(file), imports, exports));
  return glue
    .replace(/^( {8})(\w+)(?=: function\b)/gm, (_, indent, name) => `${indent}${imports.get(name) ?? name}`)
    .replace(`"${MODULE}": `, `${SHORT_MODULE}: `)
    .replace(/\bwasm\.(\w+)/g, (_, name) => `wasm.${exports.get(name) ?? name}`);
}

/** The new names, by those that the pattern finds. */
function namesOf(text, pattern) {
  const names = new Set([...text.matchAll(pattern)].map(([, name]) => name).filter((name) => !KEPT.test(name)));
  return new Map([...names].map((name, index) => [name, `${FREES.test(name) ? '_' : ''}${shortName(index)}`]));
}

/** a, b, ... z, aa, ab, ... */
function shortName(index) {
  const last = String.fromCharCode(0x61 + (index % 26));
  return index < 26 ? last : shortName(Math.floor(index / 26) - 1) + last;
}

/** The module with other names. */
function rename(module, imports, exports) {
  return withSections(module, ({ id, content }) => {
    if (id === IMPORTS) return renameImports(content, imports);
    return id === EXPORTS ? renameExports(content, exports) : content;
  });
}

function renameImports(content, names) {
  const count = readNumber(content, 0);
  const parts = [content.subarray(0, count.end)];
  let at = count.end;
  for (let i = 0; i < count.value; i += 1) {
    const from = readName(content, at);
    const name = readName(content, from.end);
    const isFunction = content[name.end] === 0;
    if (!isFunction) throw new Error(`the module imports ${name.value}, which isn't a function`);
    const { end } = readNumber(content, name.end + 1);
    if (from.value !== MODULE && from.value !== SHORT_MODULE) throw new Error(`the module imports from ${from.value}`);
    parts.push(nameBytes(SHORT_MODULE), nameBytes(names.get(name.value) ?? name.value));
    parts.push(content.subarray(name.end, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function renameExports(content, names) {
  const count = readNumber(content, 0);
  const isNew = new Set(names.values());
  const parts = [];
  let at = count.end;
  for (let i = 0; i < count.value; i += 1) {
    const name = readName(content, at);
    const { end } = readNumber(content, name.end + 1);
    // One that the glue doesn't use is dropped, and what only it uses by wasm-opt.
    const newName = names.get(name.value) ?? name.value;
    if (isNew.has(newName) || KEPT.test(newName))
      parts.push(Buffer.concat([nameBytes(newName), content.subarray(name.end, end)]));
    at = end;
  }
  return Buffer.concat([numberBytes(parts.length), ...parts]);
}
