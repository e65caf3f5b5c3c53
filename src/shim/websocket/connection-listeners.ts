// Which events of a connection are wanted: nothing is recorded for which there is no listener.
import { onAbort } from '../platform/abort-signal.ts';
import type { ConnectionListenerOptions } from './connection-events.ts';

type Listener = EventListenerOrEventListenerObject;
type AddOptions = boolean | ConnectionListenerOptions | undefined;

interface Registration {
  readonly type: string;
  readonly listener: Listener;
  /** What the EventTarget has for it. */
  readonly callback: Listener;
  readonly capture: boolean;
  readonly previewBytes: number;
  /** Unregisters it from its signal. */
  forgetSignal(): void;
}

/** The longest preview: the number is one of 32 bits in the core. */
const MAX_PREVIEW = 2 ** 32 - 1;

/** Knows the listeners that an EventTarget has. */
export class ConnectionListeners {
  #all: Registration[] = [];
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  has(type: string): boolean {
    return this.#all.some((one) => one.type === type);
  }

  /** The longest preview that a listener for frames wants; undefined if there is none. */
  get previewBytes(): number | undefined {
    const wanted = this.#all.filter(({ type }) => type === 'frame').map(({ previewBytes }) => previewBytes);
    return wanted.length > 0 ? Math.max(...wanted) : undefined;
  }

  /**
   * What the EventTarget is given for a listener. One that is to be called once is forgotten when it is called (DOM, "inner
   * invoke"), which an earlier listener may prevent by `stopImmediatePropagation()`.
   */
  callbackFor(type: string, listener: Listener | null, options: AddOptions | { capture?: boolean }): Listener | null {
    const found = this.#find(type, listener, captures(options));
    if (found) return found.callback;
    // The EventTarget throws for a value that is no object.
    if (!listener || Object(listener) !== listener || !(Object(options) as ConnectionListenerOptions).once)
      return listener;
    const forget = () => this.#keep((one) => one.callback !== callback);
    const changed = this.#onChange;
    function callback(this: unknown, event: Event): unknown {
      forget();
      try {
        return typeof listener === 'function' ? listener.call(this, event) : listener?.handleEvent(event);
      } finally {
        // Afterwards: it may have added itself again.
        changed();
      }
    }
    return callback;
  }

  /** Adds what was passed to `addEventListener()`. */
  add(type: string, listener: Listener, callback: Listener, options: AddOptions): void {
    const { previewBytes = 256, signal } = Object(options) as ConnectionListenerOptions;
    const capture = captures(options);
    if (signal?.aborted || this.#find(type, listener, capture)) return;
    const preview = Math.min(Math.max(+previewBytes, 0), MAX_PREVIEW) || 0;
    const forgetSignal = onAbort(signal, () => this.remove(type, listener, capture));
    this.#all.push({ type, listener, callback, capture, previewBytes: preview, forgetSignal });
    this.#onChange();
  }

  /** Removes what was passed to `removeEventListener()`. */
  remove(type: string, listener: Listener | null, options: boolean | { capture?: boolean } | undefined): void {
    const found = this.#find(type, listener, captures(options));
    if (!found) return;
    this.#keep((one) => one !== found);
    this.#onChange();
  }

  #keep(isKept: (one: Registration) => boolean): void {
    this.#all = this.#all.filter((one) => {
      const keeps = isKept(one);
      if (!keeps) one.forgetSignal();
      return keeps;
    });
  }

  #find(type: string, listener: Listener | null, capture: boolean): Registration | undefined {
    return this.#all.find((one) => one.type === type && one.listener === listener && one.capture === capture);
  }
}

function captures(options: boolean | { capture?: boolean } | undefined): boolean {
  return Boolean(typeof options === 'object' ? options?.capture : options);
}
