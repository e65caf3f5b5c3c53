// The messages of a recording, the oldest of which make room for new ones.
import { byteLength } from '../platform/text.ts';

/** A message, as it was passed to `send()`, or dispatched. */
export interface RecordedMessage {
  readonly type: 'send' | 'receive';
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Bytes are a copy; a Blob is read when it is exported. */
  readonly data: string | Uint8Array<ArrayBuffer> | Blob;
}

/** How much is kept. */
export interface RecordLimits {
  readonly maxBytes: number;
  readonly maxMessages: number;
}

/** Removed messages leave a gap at the beginning of the array, up to so many. */
const MAX_GAP = 1024;

export class RecordedMessages {
  readonly #limits: RecordLimits;
  #messages: (RecordedMessage | undefined)[] = [];
  /** Their bytes of payload, by the same indices. */
  #sizes: number[] = [];
  /** How many at the beginning are removed. */
  #gap = 0;
  #bytes = 0;
  droppedMessages = 0;
  droppedBytes = 0;

  constructor(limits: RecordLimits) {
    this.#limits = limits;
  }

  /** Adds a message, and removes the oldest that are then too many. One that is larger than the limit isn't added. */
  add(type: RecordedMessage['type'], time: number, data: string | Uint8Array | Blob): void {
    const size = sizeOf(data);
    try {
      if (size <= this.#limits.maxBytes) this.#push({ type, time, data: kept(data) }, size);
      else this.#dropped(size);
    } catch {
      // There is no memory for a copy.
      this.#dropped(size);
    }
  }

  /** Those that are kept, the oldest first. */
  list(): RecordedMessage[] {
    return this.#messages.slice(this.#gap) as RecordedMessage[];
  }

  #push(message: RecordedMessage, size: number): void {
    const { maxBytes, maxMessages } = this.#limits;
    while (this.#bytes + size > maxBytes || this.#messages.length - this.#gap >= maxMessages) this.#shift();
    this.#messages.push(message);
    this.#sizes.push(size);
    this.#bytes += size;
  }

  #shift(): void {
    const size = this.#sizes[this.#gap] as number;
    this.#messages[this.#gap] = undefined;
    this.#gap += 1;
    this.#bytes -= size;
    this.#dropped(size);
    if (this.#gap < MAX_GAP) return;
    this.#messages.splice(0, this.#gap);
    this.#sizes.splice(0, this.#gap);
    this.#gap = 0;
  }

  #dropped(size: number): void {
    this.droppedMessages += 1;
    this.droppedBytes += size;
  }
}

function sizeOf(data: string | Uint8Array | Blob): number {
  if (typeof data === 'string') return byteLength(data);
  return data instanceof Uint8Array ? data.length : data.size;
}

/** The program may change its bytes, and transfer those that it received. */
function kept(data: string | Uint8Array | Blob): RecordedMessage['data'] {
  if (typeof data === 'string') return data.toWellFormed();
  return data instanceof Uint8Array ? data.slice() : data;
}
