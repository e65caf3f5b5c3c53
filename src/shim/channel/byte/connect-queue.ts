// Turns to connect: the core says whose it is, this knows what to do then.

import type { Transport } from '../../transports/types.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import type { Instance } from '../../wasm/instance.ts';

const waiting = new Map<number, () => void>();
let lastId = 0;

/** Numbers for transports: those that are the same function are the same. */
const numbers = new WeakMap<Transport, number>();
let lastNumber = 0;

/**
 * Calls `start` when no other attempt is under way at the socket's host and port over that
 * transport: at once, or later.
 *
 * @returns ends the attempt, or the wait for it; to be called once it succeeded or failed
 */
export function takeTurn(instance: Instance, core: CoreSocket, transport: Transport, start: () => void): () => void {
  lastId += 1;
  const id = lastId;
  if (core.enterTurn(id, numberOf(transport))) start();
  else waiting.set(id, start);
  return () => {
    waiting.delete(id);
    // Where it stopped, all that wait in it end.
    if (instance.stopped) return;
    const next = instance.bindings.leaveTurn(id);
    if (next === undefined) return;
    const startNext = waiting.get(next);
    waiting.delete(next);
    startNext?.();
  };
}

function numberOf(transport: Transport): number {
  const known = numbers.get(transport);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(transport, lastNumber);
  return lastNumber;
}
