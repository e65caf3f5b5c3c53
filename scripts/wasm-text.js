// Encodes a wasm file as the text of a module, one printable character per byte, with instructions, and each kind of
// number that they have, apart: that compresses better than the wasm itself. (Compressed base64 is a third larger.)
import { functionsOf } from './wasm-code.js';

/**
 * Characters: a byte, plus the shift, is itself if it is a printable one of ASCII that a string literal may have; other values
 * are letters from U+0100 on. Small numbers are more frequent than others, except in the data after the code: that has no
 * shift.
 */
const SHIFT = 0x24;
const LETTERS = 0x100;

/**
 * Streams by the meanings of their bytes; the instructions' one is before them all. Those below `REST` have the first byte of
 * each number, and those `REST` above them the other bytes: that makes these numbers smaller.
 */
const STREAMS = {
  ...{ offset: 1, function: 2, i32: 3, added: 4 },
  ...{ lengths: 5, data: 6, heads: 7, bytes: 8 },
  ...{ other: 21, block: 22, label: 23, local: 24, alignment: 25, i64: 26, vector: 27, lane: 28 },
};
const REST = 16;

/**
 * Codes in the place of instructions that WebAssembly doesn't use: some bytes of a stream, at most 255; and vector
 * instructions by their numbers, which are the prefix when decoded.
 */
const RUNS = { data: 0xf0, heads: 0xf1, bytes: 0xf2 };
const VECTORS = { 'vector,alignment,offset': 0xfe, 'vector,lane': 0xff };
/** `i32.const` before `i32.add`: the offset of a field, most times. */
const I32_CONST = 0x41;
const I32_ADD = 0x6a;
const I32_CONST_ADDED = 0xf4;

/**
 * The instructions of the characters of ASCII, from the space on. Brotli expects a letter, digit or punctuation mark by the
 * classes of the two before it; this order was found by swapping characters for as long as the core became smaller. Others
 * have free characters, or letters.
 */
const ORDER = (
  '22 71 2f c0 42 a7 f4 5a 9d 2c 50 24 fd f2 1b 0b 1a 0d 21 3b 37 33 7d 04 54 03 02 4e 41 86 2d 85 ' +
  '0f 46 58 4b 45 0c 35 4a 10 4f 77 80 4d 05 67 7c 6c 47 64 52 11 49 83 88 84 bd ba 56 48 74 29 28 ' +
  '51 31 23 26 ff 65 68 6b 76 6e 36 25 00 f1 4c 7e 69 b8 d0 6a f0 73 40 20 66 fe 72 ad 3a'
)
  .split(' ')
  .map((code) => Number.parseInt(code, 16));

const MOST_IN_RUN = 255;

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
 * @param {number[]} kinds by the instructions' characters: the instruction, and above eight bits the streams of what follows
 * it, five bits each, the first are the lowest
 */
function fromText(text, size, places, kinds) {
  const bytes = new Uint8Array(size);
  let next = 0;
  let length = 0;
  while (length < size) {
    const kind = kinds[text.charCodeAt(next++) & 255];
    const instruction = kind & 255;
    let streams = kind >> 8;
    if (instruction >> 2 === 60) {
      const shift = streams === 6 ? 0 : 36;
      for (let rest = text.charCodeAt(places[5]++) - 36; rest & 255; rest--) {
        bytes[length++] = text.charCodeAt(places[streams]++) - shift;
      }
    } else {
      bytes[length++] = instruction < 244 ? instruction : instruction === 244 ? 65 : 253;
      for (; streams; streams >>= 5) {
        let stream = streams & 31;
        do {
          bytes[length] = text.charCodeAt(places[stream]++) - 36;
          stream |= 16;
        } while (bytes[length++] > 127);
      }
    }
  }
  return bytes;
}

/** @param {Buffer} bytes */
function encode(bytes) {
  const instructions = /** @type {number[]} */ ([]);
  const streams = Array.from({ length: 32 }, () => /** @type {number[]} */ ([]));
  /** @type {Map<number, number>} */
  const sources = new Map();
  const addInstruction = (instruction, meanings) => {
    instructions.push(instruction);
    sources.set(
      instruction,
      meanings.reduceRight((all, meaning) => all * 32 + STREAMS[meaning], 0),
    );
  };
  const addNumber = (meaning, number) => {
    const stream = STREAMS[meaning];
    for (const [index, byte] of number.entries()) streams[index === 0 ? stream : stream | REST].push(byte);
  };
  const addRun = (meaning, start, end) => {
    for (let at = start; at < end; at += MOST_IN_RUN) {
      const run = bytes.subarray(at, Math.min(at + MOST_IN_RUN, end));
      addInstruction(RUNS[meaning], [meaning]);
      streams[STREAMS.lengths].push(run.length);
      streams[STREAMS[meaning]].push(...run);
    }
  };
  let done = 0;
  for (const body of isWasm(bytes) ? functionsOf(bytes) : []) {
    if (done === 0) addRun('heads', 0, body.start);
    addRun('heads', done || body.start, body.code);
    done = body.code;
    for (const { start, end, numbers } of body.instructions) {
      done = end;
      if (!numbers) {
        addRun('bytes', start, end);
        continue;
      }
      const isAdded = bytes[start] === I32_CONST && bytes[end] === I32_ADD;
      const meanings = isAdded ? ['added'] : numbers.map(({ meaning }) => meaning);
      addInstruction(isAdded ? I32_CONST_ADDED : (VECTORS[`${meanings}`] ?? bytes[start]), meanings);
      for (const [index, number] of numbers.entries())
        addNumber(meanings[index], bytes.subarray(number.start, number.end));
    }
  }
  addRun('data', done, bytes.length);
  return toText(instructions, sources, streams);
}

function isWasm(bytes) {
  return bytes.readUInt32BE(0) === 0x0061736d;
}

/** The streams' texts, where each one begins in them, and what the instructions' characters mean. */
function toText(instructions, sources, streams) {
  const characters = charactersOf(sources.keys());
  const kinds = new Array(256).fill(0);
  for (const [instruction, value] of sources) {
    kinds[characters.get(instruction).charCodeAt(0) & 0xff] = value * 256 + instruction;
  }
  let text = instructions.map((instruction) => characters.get(instruction)).join('');
  const places = [];
  for (const [stream, values] of streams.entries()) {
    places.push(text.length);
    const shift = stream === STREAMS.data ? 0 : SHIFT;
    text += values.map((value) => character((value + shift) & 0xff)).join('');
  }
  return { text, places, kinds };
}

/** The characters of instructions. */
function charactersOf(instructions) {
  const all = Array.from({ length: 256 }, (_, value) => value);
  const [plain, others] = [all.filter(isPlain), all.filter((value) => !isPlain(value))];
  const used = new Set(instructions);
  const free = [...plain.filter((_, index) => !used.has(ORDER[index])), ...others];
  return new Map(
    Array.from(used, (instruction) => {
      const value = plain[ORDER.indexOf(instruction)] ?? free.shift();
      return [instruction, character(value)];
    }),
  );
}

function character(value) {
  return String.fromCharCode(isPlain(value) ? value : value + LETTERS);
}

function isPlain(value) {
  return value >= 0x20 && value < 0x7f && value !== 0x22 && value !== 0x5c;
}
