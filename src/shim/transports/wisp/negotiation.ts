// What a relay and a carrier agree on before the first stream: the version of Wisp, its extensions, and the credit.

import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import { decodeRecords } from '../records.ts';
import type { CarrierSocket } from './carrier-socket.ts';
import type { WispExtensions } from './extensions.ts';
import { INFO_TIMEOUT } from './limits.ts';
import { encodeInfo } from './packets.ts';

/** The extension by which a relay confirms that it has connected a stream. */
const CONFIRMATION = 0x05;

/**
 * A relay that speaks v2 sends INFO, the client answers by its own, and the relay consents by a CONTINUE. One that speaks v1
 * begins with CONTINUE. Relays on wisp-mux 5 send INFO after that, and take an answer only before any other packet.
 */
export class Negotiation {
  /** Whether the relay accepts streams. */
  accepted = false;
  /** How many packets a new stream may send before the first CONTINUE for it. */
  credit: number | undefined;
  /** Whether that CONTINUE comes as soon as the stream is connected. */
  confirms = false;
  readonly #extensions: WispExtensions | undefined;
  /** Called when the relay accepts streams. */
  readonly #done: () => void;
  /** Whether the relay sent INFO. */
  #informed = false;
  #infoTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param done called when the relay accepts streams */
  constructor(extensions: WispExtensions | undefined, done: () => void) {
    this.#extensions = extensions;
    this.#done = done;
  }

  /** Takes a CONTINUE. */
  refill(credit: number): void {
    this.credit = credit;
    this.stop();
    if (this.#informed || !this.#extensions) this.#accept();
    else this.#infoTimer = setTimeout(() => this.#accept(), INFO_TIMEOUT);
  }

  /**
   * Takes an INFO.
   *
   * @param extensions the relay's, not decoded
   * @param carrier sends the answer
   * @returns rejects if the extensions can't be decoded, or the program's can't answer
   */
  async answer(extensions: Uint8Array, carrier: CarrierSocket): Promise<void> {
    if (this.accepted || this.#informed) return;
    this.#informed = true;
    this.stop();
    const offered = decodeRecords(extensions);
    const answer = (await this.#extensions?.answer(offered)) ?? [];
    this.confirms = offered.some(([id]) => id === CONFIRMATION);
    if (this.confirms) answer.push([CONFIRMATION, new Uint8Array()]);
    carrier.send(encodeInfo(answer));
    this.#accept();
  }

  #accept(): void {
    if (this.accepted || this.credit === undefined) return;
    this.accepted = true;
    this.#done();
  }

  /** Waits for no INFO any more. */
  stop(): void {
    clearTimeout(this.#infoTimer);
  }
}
