// Test builds of the wasm files, changed by binaryen.
import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';

const PAGE = 64 * 1024;

/**
 * A build in which one function traps.
 * @param {string | URL} file
 * @param {string} [name] of an export; by default the one that `connectionOf(socket).trace()` calls in websocket_wasm.wasm
 * @returns {Uint8Array}
 */
export function trappingWasm(file, name = 'socket_trace') {
  const module = binaryen.readBinary(readFileSync(file));
  const { value } = binaryen.getExportInfo(module.getExport(name));
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
  module.removeFunction(value);
  module.addFunction(value, params, results, [], module.unreachable());
  return module.emitBinary();
}

/**
 * A build whose memory can't grow beyond a number of bytes.
 * @param {string | URL} file
 * @param {number} bytes
 * @returns {Uint8Array}
 */
export function limitedWasm(file, bytes) {
  const text = binaryen.readBinary(readFileSync(file)).emitText();
  const limited = text.replace(
    /\(memory (\$\S+) (\d+)\)/,
    (_, name, initial) => `(memory ${name} ${initial} ${bytes / PAGE})`,
  );
  if (limited === text) throw new Error('the module declares no memory');
  return binaryen.parseText(limited).emitBinary();
}
