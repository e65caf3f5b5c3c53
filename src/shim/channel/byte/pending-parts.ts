// The payloads of the messages that are sent in parts.
import { now } from '../../platform/globals.ts';
import type { CoreDriver } from './core-driver.ts';
import type { MessageParts } from './message-parts.ts';

/** How many bytes of output may wait in the core when the next part of a message is put there. */
const MAX_WAITING = 64 * 1024;

export class PendingParts {
  readonly #driver: CoreDriver;
  #lastId = 0;
  /** By the core's ids of the messages. */
  readonly #byId = new Map<number, MessageParts>();
  /** Whether a part is being read from a Blob. */
  #reading = false;

  constructor(driver: CoreDriver) {
    this.#driver = driver;
  }

  /** How many messages there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** Adds the payload of a message that is about to be sent, unless it is sent now. Returns an id for it. */
  add(parts: MessageParts | undefined): number {
    this.#lastId += 1;
    if (parts) this.#byId.set(this.#lastId, parts);
    return this.#lastId;
  }

  /** Removes the payload of a message that wasn't sent after all. */
  delete(id: number): void {
    this.#byId.delete(id);
  }

  /** Passes parts to the core, as long as it wants some and has room for them. */
  bring(): void {
    while (this.size > 0 && !this.#reading) {
      const core = this.#driver.socket;
      const id = core?.wanted;
      if (!core || id === undefined || (core.outputLength ?? 0) >= MAX_WAITING) return;
      const part = this.#byId.get(id)?.next();
      if (part instanceof Uint8Array) this.#bringPart(id, part);
      else if (part) this.#readPart(id, part);
      else this.#failPart();
    }
  }

  async #readPart(id: number, part: Promise<Uint8Array>): Promise<void> {
    this.#reading = true;
    try {
      this.#bringPart(id, await part);
      this.#reading = false;
    } catch {
      this.#failPart();
    }
  }

  #bringPart(id: number, part: Uint8Array): void {
    const driver = this.#driver;
    driver.changed();
    driver.update(driver.socket?.bringPart(part, now()));
    if (driver.socket?.wanted !== id) this.#byId.delete(id);
  }

  #failPart(): void {
    const driver = this.#driver;
    driver.changed();
    driver.update(driver.socket?.partFailed());
  }
}
