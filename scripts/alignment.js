// Sets the alignment of every load and store of a wasm file to one byte. It is a hint about the address, which changes no
// result (WebAssembly 4.4.7): no engine on x86-64 or ARM64 does anything with it. Each one costs bits after compression.
import { readFileSync, writeFileSync } from 'node:fs';
import { functionsOf } from './wasm-code.js';

/**
 * Sets them in place: each is a byte.
 * @param {string} file
 */
export function dropAlignment(file) {
  const wasm = readFileSync(file);
  for (const { instructions } of functionsOf(wasm)) {
    for (const { numbers = [] } of instructions) {
      for (const { meaning, start } of numbers) if (meaning === 'alignment') wasm[start] = 0;
    }
  }
  writeFileSync(file, wasm);
}
