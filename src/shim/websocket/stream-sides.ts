// What `connectionOf()` needs of each WebSocketStream, which most pages don't load.
import type { SendingSide } from './send.ts';

const sides = new WeakMap<object, SendingSide>();

/** Makes a stream known. */
export function setSide(stream: object, side: SendingSide): void {
  sides.set(stream, side);
}

/** That of a stream; undefined for any other object. */
export function sideOf(stream: object): SendingSide | undefined {
  return sides.get(stream);
}
