// An object of each kind that exists only while messages are received. V8 forgets the shape of objects (their hidden class)
// when a full garbage collection finds none, and with it the machine code that it made for them: after each pause, a busy
// connection would run slowly, and its functions would be compiled again.
import { MessageRun } from '../channel/byte/message-run.ts';
import { PartialMessage } from '../channel/byte/partial-message.ts';
import { CloseEvent, Event, MessageEvent } from '../platform/globals.ts';
import { MessageInit } from '../websocket/message-init.ts';
import { OwnCloseEvent } from './close-event.ts';
import { keep } from './kept-messages.ts';

/** Makes one of each. */
export function makeShapes(): object[] {
  const bytes = new Uint8Array(1);
  const partial = new PartialMessage(false, 2);
  partial.add(bytes, false, true);
  const init = new MessageInit('', '');
  return [
    new MessageRun(bytes, 0, [0, 1], 0, 2),
    keep(new MessageRun(bytes, 0, [0, 1], 0, 2)),
    keep(new MessageRun(new Uint8Array(1024), 0, [0, 1024], 0, 2)),
    partial,
    init,
    new MessageEvent('message', init),
    new Event('open'),
    new (CloseEvent ?? OwnCloseEvent)('close', {}),
  ];
}
