// Encodes a wasm file as the text of a module, one printable character per byte, with instructions, and each kind of
// number that they have, apart: that compresses better than the wasm itself. (Compressed base64 is a third larger.)
import { functionsOf } from './wasm-code.js';

/**
 * Characters: a byte, plus the shift, is itself if it is a printable one of ASCII that a string literal may have; other values
 * are letters from U+0100 on. Small numbers are more frequent than others, except in the data: that has no shift.
 */
const SHIFT = 0x24;
const LETTERS = 0x100;

/** Streams by the meanings of their bytes. The instructions' one, the first, says from which ones the next bytes are. */
const STREAMS = Object.fromEntries(
  [
    ...['instructions', 'lengths', 'data', 'heads', 'bytes', 'other', 'block', 'label', 'function', 'local'],
    ...['alignment', 'offset', 'i32', 'added', 'i64', 'vector', 'lane'],
  ].map((name, index) => [name, index]),
);

/**
 * Codes in the place of instructions that WebAssembly doesn't use: some bytes of a stream, at most 255; and vector
 * instructions by their numbers, which are the prefix when decoded.
 */
const RUNS = { data: 0xf0, heads: 0xf1, bytes: 0xf2 };
const VECTORS = { 'vector,alignment,offset': 0xfe, 'vector,lane': 0xff };
const MOST_IN_RUN = 255;
/** `i32.const` before `i32.add`: the offset of a field, most times. */
const I32_CONST = 0x41;
const I32_ADD = 0x6a;
const I32_CONST_ADDED = 0xf4;

/**
 * The source of a module whose default export returns the bytes.
 * @param {Buffer} bytes those of a wasm file, or others
 */
export function moduleOf(bytes) {
  const { text, places, kinds } = encode(bytes);
  const parameters = [text, bytes.length, places, kinds];
  const decoded = fromText(text, bytes.length, [...places], kinds);
  if (!bytes.equals(decoded)) throw new Error("the text of a file isn't decoded to its bytes");
  return `export default () => (${fromText})(${parameters.map((value) => JSON.stringify(value)).join()});`;
}

/**
 * Copied into that module as text, so it must not refer to anything outside. Every page runs it once, before an engine
 * optimises it: it has no calls and iterators in its loops that can be avoided.
 * @param {string} text the streams' characters
 * @param {number} size
 * @param {number[]} places of the streams' next characters
 * @param {number[]} kinds for each instruction, the streams of what follows it: five bits each, the first are the lowest
 */
function fromText(text, size, places, kinds) {
  const bytes = new Uint8Array(size);
  let next = 0;
  let length = 0;
  while (length < size) {
    const instruction = (text.charCodeAt(next++) - 36) & 255;
    let streams = kinds[instruction];
    if (instruction >> 2 === 60) {
      const shift = streams === 2 ? 0 : 36;
      for (let rest = text.charCodeAt(places[1]++) - 36; rest & 255; rest--) {
        bytes[length++] = text.charCodeAt(places[streams]++) - shift;
      }
    } else {
      bytes[length++] = instruction < 244 ? instruction : instruction === 244 ? 65 : 253;
      for (; streams; streams >>= 5) {
        do bytes[length] = text.charCodeAt(places[streams & 31]++) - 36;
        while (bytes[length++] > 127);
      }
    }
  }
  return bytes;
}

/** @param {Buffer} bytes */
function encode(bytes) {
  const streams = Object.values(STREAMS).map(() => /** @type {number[]} */ ([]));
  const kinds = new Array(256).fill(0);
  const add = (meaning, values) => {
    for (const value of values) streams[STREAMS[meaning]].push(value);
  };
  const addRun = (meaning, start, end) => {
    kinds[RUNS[meaning]] = STREAMS[meaning];
    for (let at = start; at < end; at += MOST_IN_RUN) {
      const run = bytes.subarray(at, Math.min(at + MOST_IN_RUN, end));
      add('instructions', [RUNS[meaning]]);
      add('lengths', [run.length]);
      add(meaning, run);
    }
  };
  let done = 0;
  for (const { start, code, instructions } of isWasm(bytes) ? functionsOf(bytes) : []) {
    if (done === 0) addRun('data', 0, start);
    addRun('heads', done || start, code);
    done = code;
    for (const { start: at, end, numbers } of instructions) {
      done = end;
      if (!numbers) {
        addRun('bytes', at, end);
        continue;
      }
      const isAdded = bytes[at] === I32_CONST && bytes[end] === I32_ADD;
      const meanings = isAdded ? ['added'] : numbers.map(({ meaning }) => meaning);
      const instruction = isAdded ? I32_CONST_ADDED : (VECTORS[`${meanings}`] ?? bytes[at]);
      add('instructions', [instruction]);
      kinds[instruction] = meanings.reduceRight((all, meaning) => all * 32 + STREAMS[meaning], 0);
      for (const [index, number] of numbers.entries()) add(meanings[index], bytes.subarray(number.start, number.end));
    }
  }
  addRun('data', done, bytes.length);
  return { ...toText(streams), kinds };
}

function isWasm(bytes) {
  return bytes.readUInt32BE(0) === 0x0061736d;
}

/** The streams' texts, and where each one begins in them. */
function toText(streams) {
  const places = [];
  let text = '';
  for (const [stream, values] of streams.entries()) {
    places.push(text.length);
    const shift = stream === STREAMS.data ? 0 : SHIFT;
    text += values.map((value) => character((value + shift) & 0xff)).join('');
  }
  return { text, places };
}

function character(value) {
  const isPlain = value >= 0x20 && value < 0x7f && value !== 0x22 && value !== 0x5c;
  return String.fromCharCode(isPlain ? value : value + LETTERS);
}
