// A test build of the core in which one thing aborts: the wasm file with an `unreachable` in place of a function.
import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';

/**
 * @param {string | URL} file websocket_wasm.wasm
 * @returns {Uint8Array} the same, but `connectionOf(socket).trace()` aborts
 */
export function abortingWasm(file) {
  const module = binaryen.readBinary(readFileSync(file));
  const { value } = binaryen.getExportInfo(module.getExport('socket_trace'));
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(value));
  module.removeFunction(value);
  module.addFunction(value, params, results, [], module.unreachable());
  return module.emitBinary();
}
