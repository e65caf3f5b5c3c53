// Test builds in which one thing aborts: a wasm file with an `unreachable` in place of a function.
import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';

/**
 * @param {string | URL} file
 * @param {string} [name] of one of its exports; without it `connectionOf(socket).trace()` aborts in websocket_wasm.wasm
 * @returns {Uint8Array} the same, but that one aborts
 */
export function abortingWasm(file, name = 'socket_trace') {
  const module = binaryen.readBinary(readFileSync(file));
  const { value } = binaryen.getExportInfo(module.getExport(name));
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
  module.removeFunction(value);
  module.addFunction(value, params, results, [], module.unreachable());
  return module.emitBinary();
}
