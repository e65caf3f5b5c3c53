// From the interface to the core: the messages that are sent.
import { blobSize } from '../../platform/binary.ts';
import { byteLength } from '../../platform/text.ts';
import { readyStateOf } from '../../wasm/status.ts';
import { stillConnecting } from '../channel.ts';
import { CONNECTING, OPEN } from '../ready-state.ts';
import { MAX_WHOLE, type MessageParts, partsOfBlob, partsOfBytes, partsOfText } from './message-parts.ts';
import { OutputWriter } from './output-writer.ts';

/** A larger payload is copied, and framed as fast as the transport accepts it: pongs go between its parts. */
const MAX_NOW = 16 * 1024 * 1024;

/** Also writes the output: most sockets have little of it. */
export class MessageSender extends OutputWriter {
  /** @throws {DOMException} `InvalidStateError` while CONNECTING, as the other methods do */
  sendText(text: string): void {
    const isOpen = this.#isOpen();
    if (text.length > MAX_WHOLE) {
      this.#sendParts(true, byteLength(text), partsOfText(text));
      return;
    }
    this.driver.changed();
    const sent = isOpen ? this.driver.socket?.sendText(text, text.length) : -1;
    if (sent !== undefined) this.#sent(sent, sent < 0 ? byteLength(text) : sent);
  }

  sendBinary(bytes: Uint8Array): void {
    const { length } = bytes;
    const isOpen = this.#isOpen();
    if (length > MAX_WHOLE) {
      const now = length <= MAX_NOW && this.driver.socket?.wanted === undefined;
      const isSent = this.#sendParts(false, length, now ? undefined : partsOfBytes(bytes));
      if (now && isSent) this.frameParts(bytes);
      return;
    }
    this.driver.changed();
    const sent = isOpen ? this.driver.socket?.sendBinary(bytes, length) : -1;
    if (sent !== undefined) this.#sent(sent, length);
  }

  sendBlob(blob: Blob): void {
    this.#isOpen();
    this.#sendParts(false, blobSize(blob), partsOfBlob(blob));
  }

  /** @throws {DOMException} `InvalidStateError` while CONNECTING */
  #isOpen(): boolean {
    const readyState = readyStateOf(this.driver.status);
    if (readyState === CONNECTING) throw stillConnecting();
    return readyState === OPEN;
  }

  /** Counts a payload; `sent` is negative if it was not sent. */
  #sent(sent: number, length: number): void {
    const { driver, owner } = this;
    if (sent >= 0) {
      owner.bufferedAmount += length;
      this.framed(length);
      return;
    }
    owner.bufferedAmount = driver.socket?.count(length) ?? owner.bufferedAmount;
    // The connection may have failed for lack of memory.
    driver.update(driver.socket?.status());
  }

  /** Returns whether parts will be wanted. */
  #sendParts(text: boolean, size: number, parts: MessageParts | undefined): boolean {
    const { driver, owner } = this;
    driver.changed();
    const id = this.parts.add(parts);
    let accepted = false;
    try {
      accepted = driver.socket?.sendParts(id, text, size) === true;
    } finally {
      if (!accepted) this.parts.delete(id);
    }
    owner.bufferedAmount = driver.socket?.bufferedAmount ?? owner.bufferedAmount;
    return accepted;
  }
}
