// Data that the wasm carries and never uses, made zeros, which wasm-opt leaves out: 9 KB that don't compress.
//
// They are zlib-rs's tables for CRC-32. Its inflate() computes one for gzip's header and trailer only; permessage-deflate
// is raw DEFLATE, which has neither (RFC 7692 7.2), and no other code refers to them.
import { readFileSync, writeFileSync } from 'node:fs';

/** Words of the machine, and words at a time: the three tables, as zlib-rs builds them in crc32/braid.rs. */
const TABLES = [
  [4, 5],
  [4, 1],
  [1, 1],
];

/**
 * Blanks the tables in place.
 * @param {string} file a wasm file
 */
export function blankCrcTables(file) {
  const wasm = readFileSync(file);
  for (const [word, words] of TABLES) {
    const table = crcTable(word, words);
    let at = wasm.indexOf(table);
    if (at < 0) throw new Error(`zlib-rs has other CRC-32 tables than scripts/blank.js knows: not ${word}, ${words}`);
    for (; at >= 0; at = wasm.indexOf(table, at)) wasm.fill(0, at, at + table.length);
  }
  writeFileSync(file, wasm);
}

function crcTable(word, words) {
  const table = Buffer.alloc(word * 256 * 4);
  for (let i = 0; i < word; i += 1) {
    for (let j = 0; j < 256; j += 1) {
      let crc = j;
      for (let bit = 0; bit < 8 * (word * words - i); bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
      table.writeUInt32LE(crc >>> 0, (i * 256 + j) * 4);
    }
  }
  return table;
}
