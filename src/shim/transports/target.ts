// The targets of sockets' connections.
import { AbortController } from '../platform/globals.ts';
import type { TransportTarget } from './types.ts';

/** A target whose signal can be aborted. */
export interface AbortableTarget {
  readonly target: TransportTarget;
  abort(): void;
}

type MakeTarget = (parts: Omit<TransportTarget, 'signal'>) => AbortableTarget;

/** Makes a target of its other parts. */
export let makeTarget: MakeTarget = (parts) => {
  const controller = new AbortController();
  return { target: { ...parts, signal: controller.signal }, abort: () => controller.abort() };
};

/** Sets another way to make targets. Node has a cheaper one: see `lazy-target.ts`. */
export function setMakeTarget(make: MakeTarget): void {
  makeTarget = make;
}
