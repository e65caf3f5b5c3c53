// The instructions of a WebAssembly module (WebAssembly 5.4), as far as their immediates' places: those that the package's
// modules have, and others of the same proposals.
import { readNumber, sectionsOf } from './wasm-sections.js';

const CODE = 10;

/** What follows an instruction: numbers in LEB128 that have a meaning, or bytes. */
const NONE = [];
const MEMORY_ARGUMENT = ['alignment', 'offset'];

/** The prefix of the instructions of bulk memory, and of saturating conversions. */
const MISCELLANEOUS = 0xfc;
export const VECTOR = 0xfd;

/** @typedef {{ meaning: string, start: number, end: number }} Immediate */
/**
 * @typedef {object} Instruction
 * @property {number} start
 * @property {number} end
 * @property {Immediate[] | undefined} numbers its immediates; undefined if they aren't all numbers, or are many
 */

/**
 * The bodies of a module's functions: where each begins (with its size and the types of its local variables), where its
 * instructions begin, and these, without the last one, which ends the function.
 * @param {Buffer} module
 * @returns {Generator<{ start: number, code: number, instructions: Instruction[] }>}
 */
export function* functionsOf(module) {
  const content = sectionsOf(module).find(({ id }) => id === CODE)?.content;
  if (!content) return;
  const count = readNumber(content, 0);
  const first = content.byteOffset - module.byteOffset;
  let start = first + count.end;
  for (let i = 0; i < count.value; i += 1) {
    const size = readNumber(module, start);
    const end = size.end + size.value;
    const code = afterLocals(module, size.end);
    const instructions = [];
    for (let at = code; at < end - 1; ) {
      const instruction = readInstruction(module, at);
      instructions.push(instruction);
      at = instruction.end;
    }
    if ((instructions.at(-1)?.end ?? code) !== end - 1) throw new Error(`function ${i} doesn't end where it should`);
    yield { start, code, instructions };
    start = end;
  }
}

function afterLocals(module, at) {
  const groups = readNumber(module, at);
  let { end } = groups;
  for (let i = 0; i < groups.value; i += 1) end = readNumber(module, end).end + 1;
  return end;
}

/** @returns {Instruction} */
function readInstruction(module, start) {
  const opcode = module[start];
  const second = opcode === VECTOR || opcode === MISCELLANEOUS ? readNumber(module, start + 1) : undefined;
  const bytes = bytesAfter(module, start + 1, opcode, second);
  if (bytes !== undefined) return { start, end: bytes, numbers: undefined };
  const meanings = second ? ['vector', ...vectorNumbers(second.value)] : numbersAfter(opcode);
  const numbers = [];
  let at = start + 1;
  for (const meaning of meanings) {
    const { end } = readNumber(module, at);
    numbers.push({ meaning, start: at, end });
    at = end;
  }
  return { start, end: at, numbers };
}

/** The end of an instruction that has something else than a few numbers. */
function bytesAfter(module, at, opcode, second) {
  const skip = (from, count) => {
    let end = from;
    for (let i = 0; i < count; i += 1) ({ end } = readNumber(module, end));
    return end;
  };
  // br_table, select with types, f32.const and f64.const.
  if (opcode === 0x0e || opcode === 0x1c) {
    const { value, end } = readNumber(module, at);
    return skip(end, opcode === 0x0e ? value + 1 : value);
  }
  if (opcode === 0x43) return at + 4;
  if (opcode === 0x44) return at + 8;
  if (!second) return;
  const { value, end } = second;
  if (opcode === MISCELLANEOUS) {
    const counts = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
    if (counts[value] === undefined) throw unknown(opcode, value);
    return skip(end, counts[value]);
  }
  // v128.const and i8x16.shuffle; a load or store of one lane.
  if (value === 12 || value === 13) return end + 16;
  if (value >= 84 && value <= 91) return skip(end, 2) + 1;
}

function vectorNumbers(value) {
  if (value <= 11 || value === 92 || value === 93) return MEMORY_ARGUMENT;
  if (value >= 21 && value <= 34) return ['lane'];
  if (value <= 255) return NONE;
  throw unknown(VECTOR, value);
}

/** The meanings of the numbers after an instruction of one byte. */
function numbersAfter(opcode) {
  if (opcode >= 0x02 && opcode <= 0x04) return ['block'];
  if (opcode === 0x0c || opcode === 0x0d) return ['label'];
  if (opcode === 0x10) return ['function'];
  if (opcode === 0x11) return ['other', 'other'];
  if (opcode >= 0x20 && opcode <= 0x22) return ['local'];
  // Of globals, tables and memories, and of references.
  if (opcode >= 0x23 && opcode <= 0x26) return ['other'];
  if (opcode >= 0x28 && opcode <= 0x3e) return MEMORY_ARGUMENT;
  if (opcode === 0x3f || opcode === 0x40 || opcode === 0xd0 || opcode === 0xd2) return ['other'];
  if (opcode === 0x41) return ['i32'];
  if (opcode === 0x42) return ['i64'];
  const alone = [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1].includes(opcode) || (opcode >= 0x45 && opcode <= 0xc4);
  if (!alone) throw unknown(opcode);
  return NONE;
}

function unknown(...opcode) {
  return new Error(
    `scripts/wasm-code.js doesn't know the instruction ${opcode.map((byte) => `0x${byte.toString(16)}`)}`,
  );
}
