// What `connectionOf()` adds to a connection over a byte stream: pings, frames, counters, the end at once.
import { nameOf } from '../../transports/transport-name.ts';
import type { Transport } from '../../transports/types.ts';
import type { Monitor, MonitorObserver, Observation } from '../channel.ts';
import type { CoreDriver } from './core-driver.ts';
import { factsOf } from './facts.ts';
import { FrameTrace } from './frame-trace.ts';
import { PendingPings } from './pending-pings.ts';

/** What a monitor needs of its channel. */
export interface MonitoredChannel {
  readonly transport: Transport;
  /** What it returned, once it has connected. */
  readonly returned: object | undefined;
  /** Those of the monitor, once the core's socket is freed. */
  readonly facts: readonly number[] | undefined;
}

export class ByteMonitor implements Monitor {
  readonly #driver: CoreDriver;
  readonly #channel: MonitoredChannel;
  readonly #pings = new PendingPings();
  readonly #trace: FrameTrace;
  #observer: MonitorObserver | undefined;
  /** Whether the connection was ended at once: its link must be dropped. */
  terminated = false;

  constructor(driver: CoreDriver, channel: MonitoredChannel) {
    this.#driver = driver;
    this.#channel = channel;
    this.#trace = new FrameTrace(driver);
  }

  get facts(): readonly number[] | undefined {
    return this.#channel.facts ?? factsOf(this.#driver.socket);
  }

  get transportName(): string {
    const { returned, transport } = this.#channel;
    return (returned && nameOf(returned)) || nameOf(transport);
  }

  get roundTripTime(): number | undefined {
    return this.#pings.roundTripTime;
  }

  ping(payload: Uint8Array | undefined): Promise<number> {
    this.#driver.changed();
    return this.#pings.send(payload, (bytes) => {
      const isSent = this.#driver.socket?.ping(bytes) === true;
      this.#driver.update(this.#driver.socket?.status());
      return isSent;
    });
  }

  observe({ observer, pings, previewBytes }: Observation): void {
    this.#driver.changed();
    this.#observer = observer;
    this.#trace.observe(previewBytes === undefined ? undefined : observer);
    this.#driver.update(this.#driver.socket?.trace(previewBytes, pings));
  }

  compressNext(choice: boolean | undefined): void {
    this.#driver.socket?.compressNext(choice);
  }

  terminate(): void {
    this.#driver.changed();
    this.#driver.update(this.#driver.socket?.terminate());
    this.terminated = true;
  }

  /** A ping was received, or answered; or was so before the connection was ended at once. */
  control(isPing: boolean, payload: Uint8Array): void {
    if (this.terminated) return;
    if (!isPing) this.#pings.answer(payload);
    this.#observer?.control(isPing ? 'ping' : 'pong', payload);
  }

  /**
   * Reports the frames since the last call. Returns whether there were any: then the core may have gone on reading.
   *
   * @param isLast whether there is no other call
   */
  report(isLast = false): boolean {
    return this.#trace.report(isLast);
  }

  /** The connection is closed. */
  close(): void {
    this.#pings.rejectAll();
  }
}
