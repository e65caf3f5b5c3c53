// The core's socket, as the components of a byte channel share it.
import type { CoreSocket } from '../../wasm/core.ts';

export interface SocketRef {
  /** `undefined` once it is freed or its instance has stopped. */
  socket: CoreSocket | undefined;
}
