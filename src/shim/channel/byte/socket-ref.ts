// The core's socket, as the components of a byte channel share it.
import type { CoreSocket } from '../../wasm/core.ts';
import { CLOSED_STATUS } from '../../wasm/status.ts';

export class SocketRef {
  /** `undefined` once it is freed or its instance has stopped. */
  socket: CoreSocket | undefined;
  /** What the core's last call returned: see wasm/status.ts. */
  status = 0;
  /** Whether the link is paused. */
  paused = false;

  constructor(socket: CoreSocket) {
    this.socket = socket;
  }

  /** Keeps what a call returned. Once the instance has stopped that is `undefined`. */
  update(status: number | undefined): void {
    if (status !== undefined) this.status = status;
  }

  /** The socket is closed. */
  close(): void {
    this.socket = undefined;
    this.status = CLOSED_STATUS;
  }
}
