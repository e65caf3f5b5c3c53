// A server of Phoenix channels over npm `ws`, by its published protocol: Phoenix itself isn't an npm package. A connection needs
// the token; a message of a channel that wasn't joined, or anything but the protocol's messages, closes it.
import { WebSocketServer } from 'ws';
import { binary, KINDS, read, text } from './phoenix-messages.js';
import { serve } from './serve.js';

/**
 * Starts one.
 * @param {object} rules
 * @param {Record<string, string>} rules.parameters of the URL, all of which a connection needs
 * @param {(payload: any) => object | undefined} rules.join the response to a join, unless it is refused
 * @param {(message: NonNullable<ReturnType<typeof read>>, to: { send: (data: any) => void }) => object | Buffer | undefined} rules.handle
 *   the response to a message of a channel; undefined for none
 */
export const startPhoenix = ({ parameters, join, handle }) =>
  serve((http) => {
    const verifyClient = ({ req }) => {
      const { pathname, searchParams } = new URL(req.url, 'http://host');
      const named = Object.entries({ vsn: '2.0.0', ...parameters });
      return pathname === '/socket/websocket' && named.every(([name, value]) => searchParams.get(name) === value);
    };
    const server = new WebSocketServer({ server: http, verifyClient });
    server.on('connection', (socket) => {
      /** The topics that are joined, and the reference of each. */
      const joined = new Map();
      const send = (data) => socket.send(data);
      const receive = (message) => {
        if (!message) return false;
        const { joinRef, ref, topic, event, payload } = message;
        const reply = (status, response) =>
          response instanceof Uint8Array
            ? send(binary(KINDS.reply, [joinRef, ref, topic, status], response))
            : send(text(joinRef, ref, topic, 'phx_reply', { status, response }));
        if (topic === 'phoenix') {
          if (event === 'heartbeat') reply('ok', {});
          return event === 'heartbeat';
        }
        if (event === 'phx_join') {
          const response = joinRef === ref ? join(payload) : undefined;
          if (response) joined.set(topic, joinRef);
          reply(response ? 'ok' : 'error', response ?? { reason: 'unauthorized' });
          return true;
        }
        if (joined.get(topic) !== joinRef) return false;
        if (event === 'phx_leave') {
          joined.delete(topic);
          reply('ok', {});
          send(text(joinRef, ref, topic, 'phx_close', {}));
          return true;
        }
        const response = handle(message, { send });
        if (response) reply('ok', response);
        return true;
      };
      socket.on('message', (data, isBinary) => {
        if (!receive(read(/** @type {Buffer} */ (data), isBinary))) socket.close(1008);
      });
    });
  });

export const start = () =>
  startPhoenix({
    parameters: { token: 'secret' },
    join: ({ name } = {}) => (name === 'test' ? { welcome: name } : undefined),
    // To the sender, as text or bytes, and to the channel.
    handle: ({ topic, event, payload }, { send }) => {
      if (event === 'shout' && payload instanceof Uint8Array) send(binary(KINDS.broadcast, [topic, event], payload));
      else if (event === 'shout') send(text(null, null, topic, event, payload));
      return event === 'echo' ? payload : undefined;
    },
  });
