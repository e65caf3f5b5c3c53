// The channel of a socket that was constructed before the core was loaded. Afterwards calls are passed to another
// channel.

import type { MakeByteMonitor } from '../channel/byte/byte-channel.ts';
import { checkPing, notOpen } from '../channel/byte/pending-pings.ts';
import {
  type Channel,
  type ChannelEvents,
  closeEventInit,
  type Monitor,
  type Observation,
  stillConnecting,
} from '../channel/channel.ts';
import { type ConstructorArguments, checkNative, checkTls, connect } from '../channel/connect.ts';
import { CLOSED, CLOSING, CONNECTING } from '../channel/ready-state.ts';
import { Failure, failureOf, logFailure } from '../failure.ts';
import { onAbort } from '../platform/abort-signal.ts';
import { blobSize } from '../platform/binary.ts';
import { queueTask } from '../platform/event-loop.ts';
import { addPageHideListener, type PageHideListener, removePageHideListener } from '../platform/page-hide.ts';
import { byteLength as utf8Length } from '../platform/text.ts';
import { native } from '../transports/native.ts';
import { nameOf } from '../transports/transport-name.ts';
import { checkClose, checkHeader, checkProtocols, checkUrl } from './checks.ts';

export class PendingChannel implements Channel, PageHideListener {
  readonly #args: ConstructorArguments;
  readonly #events: ChannelEvents;
  readonly #url: string;
  /** Undefined until the core is loaded. */
  #channel: Channel | undefined;
  #begun = false;
  #readyState: typeof CONNECTING | typeof CLOSING | typeof CLOSED = CONNECTING;
  #bufferedAmount = 0;
  #failure: Failure | undefined;
  #held = false;
  #make: MakeByteMonitor | undefined;
  #observation: Observation | undefined;
  #forgetSignal = () => {};
  onConnect: Channel['onConnect'];

  constructor(args: ConstructorArguments, events: ChannelEvents) {
    const { url, base, options } = args;
    this.#url = checkUrl(url, base);
    checkProtocols(options.protocols);
    options.core.headers.forEach((name, index) => void (index % 2 || checkHeader(name)));
    checkNative(options);
    checkTls(this.#url, options);
    // Resolved now: the base URL may change before the core is loaded.
    this.#args = { ...args, url: this.#url, base: '' };
    this.#events = events;
    this.#forgetSignal = onAbort(options.signal, () => this.#abort());
    addPageHideListener(this);
  }

  #forget(): void {
    this.#forgetSignal();
    removePageHideListener(this);
  }

  begin(): void {
    this.#begun = true;
  }

  /** Connects: the core is loaded. */
  connect(): void {
    this.#forget();
    if (this.#readyState !== CONNECTING || !this.#begun) return;
    try {
      this.#channel = connect(this.#args, this.#events);
      this.onConnect?.(this.#channel);
      this.#channel.begin();
      if (this.#make && this.#observation) this.#channel.monitor(this.#make)?.observe(this.#observation);
      if (this.#held) this.hold();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Fails: the core can't be loaded, or can't connect. */
  fail(error: unknown): void {
    this.#forget();
    if (this.#readyState !== CONNECTING || this.#channel) return;
    this.#fail(failureOf(error, 'wasm-load-failed'));
  }

  get url(): string {
    return this.#channel?.url ?? this.#url;
  }

  get readyState(): number {
    return this.#channel?.readyState ?? this.#readyState;
  }

  get bufferedAmount(): number {
    return this.#channel?.bufferedAmount ?? this.#bufferedAmount;
  }

  get extensions(): string {
    return this.#channel?.extensions ?? '';
  }

  get protocol(): string {
    return this.#channel?.protocol ?? '';
  }

  get failure(): Channel['failure'] {
    return this.#channel ? this.#channel.failure : this.#failure;
  }

  get failureCode(): Channel['failureCode'] {
    return this.#channel?.failureCode;
  }

  get response(): Channel['response'] {
    return this.#channel?.response;
  }

  get tls(): Channel['tls'] {
    return this.#channel?.tls;
  }

  sendText(text: string): void {
    if (this.#channel) this.#channel.sendText(text);
    else this.#count(utf8Length(text));
  }

  sendBinary(bytes: Uint8Array): void {
    if (this.#channel) this.#channel.sendBinary(bytes);
    else this.#count(bytes.length);
  }

  sendBlob(blob: Blob): void {
    if (this.#channel) this.#channel.sendBlob(blob);
    else this.#count(blobSize(blob));
  }

  close(code: number | undefined, reason: string | undefined): void {
    if (this.#channel) {
      this.#channel.close(code, reason);
      return;
    }
    checkClose(code, reason);
    this.#abort();
  }

  monitor(make: MakeByteMonitor): Monitor | undefined {
    if (this.#channel) return this.#channel.monitor(make);
    const { transport } = this.#args.options;
    if (transport === native) return undefined;
    this.#make = make;
    return {
      facts: undefined,
      transportName: nameOf(transport),
      roundTripTime: undefined,
      ping: (payload) => checkPing(payload) ?? Promise.reject(notOpen()),
      observe: (observation) => {
        this.#observation = observation;
      },
      compressNext: () => {},
      terminate: () => this.#abort(new Failure('terminated', 'the connection was terminated')),
    };
  }

  hold(): void {
    this.#held = true;
    this.#channel?.hold();
  }

  release(): void {
    this.#held = false;
    this.#channel?.release();
  }

  set onDrain(callback: (() => void) | undefined) {
    if (this.#channel) this.#channel.onDrain = callback;
  }

  /** Counts a message that isn't sent any more. */
  #count(bytes: number): void {
    if (this.#readyState === CONNECTING) throw stillConnecting();
    this.#bufferedAmount += bytes;
  }

  /** As the core does it, with the same message. */
  goAway(cached: boolean): void {
    if (cached) this.#abort(new Failure('back-forward-cache', 'the page entered the back/forward cache'));
  }

  /** The same failures as the core's. */
  #abort(failure = new Failure('aborted', 'the connection was closed before it was established')): void {
    if (this.#readyState === CONNECTING && !this.#channel) this.#fail(failure);
  }

  #fail(failure: Failure): void {
    queueTask(() => {
      if (!this.#begun) return undefined;
      this.#forget();
      this.#readyState = CLOSED;
      this.#failure = failure;
      logFailure(this.#url, failure);
      this.#events.error();
      return () => this.#events.close(closeEventInit(false, 1006, ''));
    });
    this.#readyState = CLOSING;
  }
}
