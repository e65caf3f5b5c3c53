// A test build whose memory can't grow without bound.
import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';

const PAGE = 64 * 1024;

/**
 * @param {string | URL} file a wasm file
 * @param {number} bytes
 * @returns {Uint8Array} the same, with a memory of at most that many bytes
 */
export function limitedWasm(file, bytes) {
  const text = binaryen.readBinary(readFileSync(file)).emitText();
  const limited = text.replace(
    /\(memory (\$\S+) (\d+)\)/,
    (_, name, initial) => `(memory ${name} ${initial} ${bytes / PAGE})`,
  );
  if (limited === text) throw new Error('the memory was not found');
  return binaryen.parseText(limited).emitBinary();
}
