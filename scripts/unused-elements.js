// Takes functions of js-sys out of the module's table, which nothing calls; wasm-opt then drops them.
//
// wasm-bindgen drops what isn't needed, but nothing from the table that the linker made: it has an entry for each kind of
// closure that a function of js-sys takes, and those of futures. This crate passes no closures and has no futures. The place
// of such a function stays, and is empty: a call would trap.
import { readFileSync, writeFileSync } from 'node:fs';
import { numberBytes, readName, readNumber, sectionsOf, withSections } from './wasm-sections.js';

const CUSTOM = 0;
const ELEMENTS = 9;
/** The part of the section `name` with the functions' names. */
const FUNCTIONS = 1;

const UNUSED = /^(?:wasm_bindgen::convert::closures::_::invoke|js_sys::futures::jspi::task_waker)::/;

/** `i32.const`, and the end of the expression that it is. */
const CONST = 0x41;
const END = 0x0b;

/**
 * Takes them out, in the module's file.
 * @param {string} file the module's, with names
 * @param {string} glue wasm-bindgen's JavaScript, which needs the table if closures are passed
 */
export function dropUnusedElements(file, glue) {
  if (/wasm\.__wbindgen_export\w*\.get\(|makeMutClosure|makeClosure/.test(glue)) {
    throw new Error('the module passes closures: scripts/unused-elements.js would break them');
  }
  const module = readFileSync(file);
  const names = functionNames(module);
  const isUsed = (index) => !UNUSED.test(names.get(index) ?? '');
  writeFileSync(
    file,
    withSections(module, ({ id, content }) => (id === ELEMENTS ? withoutUnused(content, isUsed) : content)),
  );
}

/** The names of a module's functions, by their indices. */
function functionNames(module) {
  const names = new Map();
  for (const { id, content } of sectionsOf(module)) {
    const title = id === CUSTOM ? readName(content, 0) : undefined;
    if (title?.value !== 'name') continue;
    for (let at = title.end; at < content.length; ) {
      const size = readNumber(content, at + 1);
      if (content[at] === FUNCTIONS) readNames(content, size.end, names);
      at = size.end + size.value;
    }
  }
  return names;
}

function readNames(content, start, names) {
  const count = readNumber(content, start);
  let at = count.end;
  for (let i = 0; i < count.value; i += 1) {
    const index = readNumber(content, at);
    const name = readName(content, index.end);
    names.set(index.value, name.value);
    at = name.end;
  }
}

/** The segments of the table without those functions: their places aren't filled. */
function withoutUnused(content, isUsed) {
  /** @type {{ start: number, functions: number[] }[]} */
  const segments = [];
  const count = readNumber(content, 0);
  let at = count.end;
  for (let i = 0; i < count.value; i += 1) {
    const start = readNumber(content, at + 2);
    const isKnown = content[at] === 0 && content[at + 1] === CONST && content[start.end] === END;
    if (!isKnown) throw new Error('scripts/unused-elements.js does not know such elements');
    const length = readNumber(content, start.end + 1);
    at = length.end;
    let wasUsed = false;
    for (let place = start.value; place < start.value + length.value; place += 1) {
      const index = readNumber(content, at);
      const used = isUsed(index.value);
      if (used && !wasUsed) segments.push({ start: place, functions: [] });
      if (used) segments.at(-1)?.functions.push(index.value);
      wasUsed = used;
      at = index.end;
    }
  }
  return Buffer.concat([numberBytes(segments.length), ...segments.map(segmentBytes)]);
}

function segmentBytes({ start, functions }) {
  return Buffer.concat([
    Buffer.from([0, CONST]),
    signedBytes(start),
    Buffer.from([END]),
    numberBytes(functions.length),
    ...functions.map(numberBytes),
  ]);
}

/** A positive number in signed LEB128: the bit before its first one is its sign. */
function signedBytes(value) {
  return value < 0x40
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value & 0x7f) | 0x80]), signedBytes(value >> 7)]);
}
