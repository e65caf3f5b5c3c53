// What wisp() makes of its arguments.

import type { WispExtensions } from './extensions.ts';

/** What carriers are made from. */
export interface CarrierSettings {
  /** The relay's URL, or a function that returns it or a promise of it; or anything else. */
  readonly url: string | (() => unknown);
  readonly WebSocket: typeof globalThis.WebSocket;
  readonly extensions: WispExtensions | undefined;
  /** Whether the last carrier was lost while it was in use: with it, perhaps, those of all clients of its relay. */
  lost: boolean;
}
