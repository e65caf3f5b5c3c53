// The way out: from the core to the link, as much at a time as the transport takes.
import type { Socket } from './core.ts';
import { survive, Trap } from './instance.ts';
import { LARGE, type Source } from './sources.ts';
import { queueTurn } from './tasks.ts';
import type { Link } from './transports/types.ts';

/** How much output may be under way in the transport, in bytes; more stays in the core and leaves as one write. */
const MAX_UNDER_WAY = 1024 * 1024;

export class Output {
  /** Undefined once it is closed. */
  #core: Socket | undefined;
  readonly #changed: () => void;
  #link: Link | undefined;
  readonly #sources = new Map<number, Source>();
  /** Whether a part is being read. */
  #reading = false;
  /** Bytes given to the link that have not left, and bytes that have but are not told to the core. */
  #underWay = 0;
  #left = 0;

  /** @param changed is called when the core has more to write, or to tell */
  constructor(core: Socket, changed: () => void) {
    this.#core = core;
    this.#changed = changed;
  }

  /** The link to write to from now on. */
  open(link: Link): void {
    this.#link = link;
  }

  /** The payload of the message to which the core gave that id. */
  add(id: number, source: Source): void {
    this.#sources.set(id, source);
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

  /** Tells the core what has left. To be called in a task of its own: `bufferedAmount` never goes down within one. */
  settle(): void {
    if (this.#left === 0) return;
    this.#core?.written(this.#left, performance.now());
    this.#left = 0;
  }

  /** Tells the core what has left, and lets go of it. */
  close(): void {
    this.settle();
    this.letGo();
  }

  /** Lets go of the core. */
  letGo(): void {
    this.#core = undefined;
    this.#sources.clear();
  }

  /** Brings parts as long as there is room for them. */
  #bringParts(): void {
    const core = this.#core;
    while (core && !this.#reading && core.wanted !== undefined && core.outputLength < LARGE) {
      const id = core.wanted;
      const part = this.#sources.get(id)?.next() ?? new Uint8Array();
      if (part instanceof Uint8Array) this.#bring(id, part);
      else this.#read(id, part);
    }
  }

  async #read(id: number, part: Promise<Uint8Array>): Promise<void> {
    this.#reading = true;
    try {
      this.#bring(id, await part);
      this.#reading = false;
    } catch (error) {
      if (!(error instanceof Trap)) survive(() => this.#core?.partFailed());
    }
    this.#changed();
  }

  #bring(id: number, part: Uint8Array): void {
    this.#core?.bringPart(part, performance.now());
    if (this.#core?.wanted !== id) this.#sources.delete(id);
  }

  #written(bytes: number): void {
    this.#underWay -= bytes;
    if (this.#left === 0) {
      queueTurn(() => {
        survive(() => this.settle());
        this.#changed();
      });
    }
    this.#left += bytes;
    if (this.#core && (this.#core.outputLength > 0 || this.#core.wanted !== undefined)) this.#changed();
  }
}
