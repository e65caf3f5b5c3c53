// socket.io-client. In a page its transport uses the global class; a subclass of the transport can use another.
import { io, WebSocket as Transport } from 'socket.io-client';

export const expected = {
  greetings: [
    ['hello', [1, 2, 3]],
    ['hello', [1, 2, 3]],
  ],
  answers: [
    ['one', [4, 5]],
    ['sent while away', [6]],
  ],
};

export async function use({ url, WebSocket, drop }) {
  const transports = WebSocket ? [transportOf(WebSocket)] : ['websocket'];
  const socket = io(url, { transports, reconnectionDelay: 50, reconnectionDelayMax: 500 });
  const next = (type) => new Promise((resolve) => socket.once(type, (...given) => resolve(given)));
  const plain = ([text, bytes]) => [text, [...new Uint8Array(bytes)]];
  const ask = (text, bytes) => new Promise((resolve) => socket.emit('echo', text, bytes, (...got) => resolve(got)));

  const greetings = [plain(await next('greeting'))];
  const answers = [plain(await ask('one', new Uint8Array([4, 5])))];
  const gone = next('disconnect');
  const back = next('greeting');
  await drop();
  await gone;
  const answer = ask('sent while away', new Uint8Array([6]));
  greetings.push(plain(await back));
  answers.push(plain(await answer));
  socket.disconnect();
  return { greetings, answers };
}

function transportOf(WebSocket) {
  return class extends Transport {
    /** @override */
    createSocket(url, protocols) {
      const socket = new WebSocket(url, protocols);
      // In Node it then sets `nodebuffer`, which isn't a value of the standard and so has no effect.
      socket.binaryType = 'arraybuffer';
      return socket;
    }
  };
}
