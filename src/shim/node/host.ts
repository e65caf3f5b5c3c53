// The functions of Node and Bun for what other platforms do otherwise. Importing this module sets them.
import * as timers from 'node:timers';
import { CloseEvent, setImmediate, useTimers } from '../platform/globals.ts';
import { host } from '../platform/host.ts';
import { OwnCloseEvent } from './close-event.ts';
import { defer } from './deferred-steps.ts';
import { keep } from './kept-messages.ts';
import { nextTick, nodeBuffer } from './process.ts';
import { allocateOutput, allocateReusable, release } from './reusable-memory.ts';
import { makeShapes } from './shapes.ts';
import { queueTick } from './ticks.ts';
import { countStep } from './turn-budget.ts';

/** Fewer bytes are zeroed as quickly. */
const MIN_UNZEROED = 4096;

type Slice = (this: Uint8Array, start: number, end: number) => string;

if (!CloseEvent) host.CloseEvent = OwnCloseEvent;

host.keep = keep;
host.shapes = makeShapes();

if (nextTick) {
  Object.assign(host, { queueTask: queueTick, countStep, defer });
  // In a window of jsdom, whose timers end when it is closed, connections outlive them.
  if (typeof setImmediate !== 'function') useTimers(timers);
}

if (nodeBuffer) useBuffer(nodeBuffer);

function useBuffer(Buffer: NonNullable<typeof nodeBuffer>): void {
  host.allocate = (length) =>
    length < MIN_UNZEROED ? undefined : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  host.allocateReusable = allocateReusable;
  host.allocateOutput = allocateOutput;
  host.release = release;
  host.byteLength = (text) => Buffer.byteLength(text);

  const { latin1Slice, utf8Slice } = Buffer.prototype as { latin1Slice?: Slice; utf8Slice?: Slice };
  if (latin1Slice && utf8Slice) {
    host.decode = (bytes, start, end, isAscii) => (isAscii ? latin1Slice : utf8Slice).call(bytes, start, end);
  }
}
