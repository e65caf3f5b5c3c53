// The way out: from the core to the link, as much at a time as the transport takes.

import { queueStep, queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Link } from '../../transports/types.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import { LARGE, type Source } from './message-parts.ts';

/** How much output may be under way in the transport, in bytes; more stays in the core and leaves as one write. */
const MAX_UNDER_WAY = 1024 * 1024;

export class Output {
  /** Undefined once it is closed. */
  #core: CoreSocket | undefined;
  readonly #changed: () => void;
  readonly #settled: (bufferedAmount: number) => void;
  #link: Link | undefined;
  #lastId = 0;
  readonly #sources = new Map<number, Source>();
  /** Whether a part is being read. */
  #reading = false;
  /** Bytes given to the link that have not left, and bytes that have and were not reported to the core. */
  #underWay = 0;
  #left = 0;

  /**
   * @param changed called when the core has more to write, or bytes that have left were reported to it
   * @param settled called with `bufferedAmount` when they were
   */
  constructor(core: CoreSocket, changed: () => void, settled: (bufferedAmount: number) => void) {
    this.#core = core;
    this.#changed = changed;
    this.#settled = settled;
  }

  /** The link to write to from now on. */
  open(link: Link): void {
    this.#link = link;
  }

  /** Registers the payload of a message that is about to be sent. Returns an id for it. */
  add(source: Source): number {
    this.#lastId += 1;
    this.#sources.set(this.#lastId, source);
    return this.#lastId;
  }

  /** Removes the payload of a message that wasn't sent after all. */
  remove(id: number): void {
    this.#sources.delete(id);
  }

  /** Writes what there is, if the link has room for it. */
  flush(): void {
    if (!this.#link || this.#underWay > MAX_UNDER_WAY) return;
    this.#bringParts();
    const output = this.#core?.takeOutput();
    if (!output) return;
    this.#underWay += output.length;
    this.#link.write(output, () => this.#written(output.length));
  }

  /** Reports what has left to the core. To be called in a task of its own: `bufferedAmount` never drops within one. */
  settle(): void {
    if (this.#left === 0) return;
    const bufferedAmount = this.#core?.written(this.#left, now());
    this.#left = 0;
    if (bufferedAmount !== undefined) this.#settled(bufferedAmount);
  }

  /** Releases the core. */
  close(): void {
    this.#core = undefined;
    this.#sources.clear();
  }

  /** Brings parts as long as there is room for them. */
  #bringParts(): void {
    const core = this.#core;
    while (core && !this.#reading && core.wanted !== undefined && (core.outputLength ?? 0) < LARGE) {
      const id = core.wanted;
      const part = this.#sources.get(id)?.next();
      if (part instanceof Uint8Array) this.#bring(id, part);
      else if (part) this.#read(id, part);
      else core.partFailed();
    }
  }

  async #read(id: number, part: Promise<Uint8Array>): Promise<void> {
    this.#reading = true;
    try {
      this.#bring(id, await part);
      this.#reading = false;
    } catch {
      this.#core?.partFailed();
    }
    this.#changed();
  }

  #bring(id: number, part: Uint8Array): void {
    this.#core?.bringPart(part, now());
    if (this.#core?.wanted !== id) this.#sources.delete(id);
  }

  /** Counts last: where the stack overflows before, the link may report it again. */
  #written(bytes: number): void {
    if (this.#left === 0) {
      queueTurn(() => {
        this.settle();
        this.#changed();
      });
    }
    if (this.#core && ((this.#core.outputLength ?? 0) > 0 || this.#core.wanted !== undefined)) queueStep(this.#changed);
    this.#underWay -= bytes;
    this.#left += bytes;
  }
}
