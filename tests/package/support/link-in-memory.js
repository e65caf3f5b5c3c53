// A link to a server in memory.
import { acceptance } from '../../support/servers/raw.js';

/**
 * A link to a server in memory that accepts, calls `accepted`, and then calls `answer` for each write.
 * @param {(sink: import('websocket-wasm').LinkSink) => void} answer
 * @param {(sink: import('websocket-wasm').LinkSink) => void} [accepted]
 */
export function linkInMemory(answer, accepted = () => {}) {
  let sink;
  let request = '';
  return {
    open: (given) => {
      sink = given;
    },
    write: (chunk, flushed) => {
      flushed();
      if (request.includes('\r\n\r\n')) {
        answer(sink);
        return;
      }
      request += Buffer.from(chunk).toString('latin1');
      if (!request.includes('\r\n\r\n')) return;
      sink.data(Buffer.from(acceptance(request)));
      accepted(sink);
    },
    pause: () => {},
    resume: () => {},
    end: () => {},
    destroy: () => {},
  };
}
