// A link to a server in memory.
import { acceptance } from '../../support/servers/raw.js';

/**
 * A link to a server in memory that accepts, and then calls `answer` for each write.
 * @param {(sink: import('websocket-wasm').LinkSink) => void} answer
 */
export function linkInMemory(answer) {
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
      if (request.includes('\r\n\r\n')) sink.data(Buffer.from(acceptance(request)));
    },
    pause: () => {},
    resume: () => {},
    end: () => {},
    destroy: () => {},
  };
}
