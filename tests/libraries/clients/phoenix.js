// Phoenix channels: replies and broadcasts of text and bytes, and a message that was sent while the connection was lost.
import { Socket } from 'phoenix';

export const expected = {
  welcomes: ['test', 'test'],
  refused: 'unauthorized',
  echoes: [{ text: 'zwölf €' }, [0, 255, 128], { text: 'sent while away' }],
  shouts: ['hello', [1, 2, 3]],
};

export async function use({ url, WebSocket, drop }) {
  const socket = new Socket(`${url}/socket`, {
    ...(WebSocket && { transport: WebSocket }),
    params: { token: 'secret' },
    reconnectAfterMs: () => 50,
    rejoinAfterMs: () => 50,
  });
  socket.connect();
  const plain = (value) => (value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value);
  const answer = (push, status = 'ok') => new Promise((resolve) => push.receive(status, resolve));
  const other = socket.channel('other', {});
  const refused = await answer(other.join(), 'error');
  other.leave();

  const channel = socket.channel('room:test', { name: 'test' });
  const welcomes = [];
  let joined = () => {};
  const join = channel.join().receive('ok', ({ welcome }) => {
    welcomes.push(welcome);
    joined();
  });
  await answer(join);
  const shouts = [];
  const heard = new Promise((resolve) => {
    channel.on('shout', (payload) => {
      shouts.push(payload.text ?? plain(payload));
      if (shouts.length === 2) resolve(undefined);
    });
  });
  const echoes = [await answer(channel.push('echo', { text: 'zwölf €' }))];
  echoes.push(plain(await answer(channel.push('echo', new Uint8Array([0, 255, 128]).buffer))));
  channel.push('shout', { text: 'hello' });
  channel.push('shout', new Uint8Array([1, 2, 3]).buffer);
  await heard;

  const back = new Promise((resolve) => {
    joined = () => resolve(undefined);
  });
  const gone = new Promise((resolve) => {
    socket.onClose(() => resolve(undefined));
  });
  await drop();
  await gone;
  const away = answer(channel.push('echo', { text: 'sent while away' }));
  await back;
  echoes.push(await away);
  await answer(channel.leave());
  await new Promise((resolve) => socket.disconnect(() => resolve(undefined)));
  return { welcomes, refused: refused.reason, echoes, shouts };
}
