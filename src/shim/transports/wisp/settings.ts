// What wisp() makes of its arguments.

import { URL } from '../../platform/globals.ts';
import type { IPAddressSpace } from '../address-space.ts';
import type { WispExtensions } from './extensions.ts';

/** What carriers are made from. */
export interface CarrierSettings {
  /** The relay's URL, or a function that returns it or a promise of it; or anything else. */
  readonly url: string | (() => unknown);
  readonly WebSocket: typeof globalThis.WebSocket;
  readonly extensions: WispExtensions | undefined;
  /** Of the relay, for sockets that name none. */
  readonly targetAddressSpace: IPAddressSpace | undefined;
  /** The relay's scheme, host and port, as of a carrier: if a function names it, the last one. */
  relay: string;
}

/** The scheme, host and port of a relay's URL. */
export function relayOf(url: string): string {
  return `${new URL(url).origin}/`;
}
