// Messages of a chunk whose memory is about to be overwritten: what sockets of Node's read is in memory that they share.
import { type Data, MessageRun, type Messages, startOf } from '../channel/byte/message-run.ts';
import { allocateReusable, release } from './reusable-memory.ts';

/** From this average size on the data itself is made now, in place of a copy of the payloads. */
const MIN_MADE = 1024;

/** Keeps the messages of a run that has some, in place of the run. */
export function keep(run: MessageRun): Messages {
  const { table, next, end } = run;
  const start = startOf(table[next] as number);
  const length = startOf(table[end - 2] as number) + (table[end - 1] as number) - start;
  if (length >= MIN_MADE * run.length) return new MadeMessages(run);
  try {
    const memory = allocateReusable(length);
    memory.set(run.bytes.subarray(start, start + length));
    return new CopiedMessages(memory, start, table, next, end);
  } catch {
    // There is no memory for it.
    return new MadeMessages(run);
  }
}

/** Messages whose payloads were copied, to memory that is used again. */
class CopiedMessages extends MessageRun {
  override take(): Data {
    const data = super.take();
    if (this.next === this.end) release(this.bytes);
    return data;
  }
}

/** Messages whose data was made before it is taken. */
class MadeMessages implements Messages {
  /** In reverse order; undefined where the engine had no memory for it. */
  readonly #data: (Data | undefined)[] = [];
  /** Whether each is text, in reverse order. */
  readonly #isText: boolean[] = [];

  constructor(run: MessageRun) {
    while (run.length > 0) {
      this.#isText.push(run.isText);
      this.#data.push(tryTake(run));
    }
    this.#isText.reverse();
    this.#data.reverse();
  }

  get length(): number {
    return this.#data.length;
  }

  get isText(): boolean {
    return this.#isText[this.#isText.length - 1] as boolean;
  }

  take(): Data {
    this.#isText.pop();
    const data = this.#data.pop();
    if (data === undefined) throw new RangeError('There was no memory for the message.');
    return data;
  }
}

function tryTake(run: MessageRun): Data | undefined {
  try {
    return run.take();
  } catch {
    return undefined;
  }
}
