// A server of Centrifugo's client protocol (JSON, version 2) over npm `ws`, by its published definition: Centrifugo isn't an npm
// package. The first command must be `connect` with the token; anything else is answered with the protocol's close code.
import { randomUUID } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';

/** The close codes; a client that gets one of these doesn't connect again. */
const INVALID_TOKEN = 3500;
const BAD_REQUEST = 3501;

/** The codes of errors that are replies. */
const METHOD_NOT_FOUND = 104;

export const start = () =>
  serve((http) => {
    const server = new WebSocketServer({ server: http, path: '/connection/websocket' });
    /** The subscribers of each channel. */
    const channels = new Map();
    server.on('connection', (socket) => {
      const client = randomUUID();
      let connected = false;
      const send = (reply) => socket.send(JSON.stringify(reply));
      socket.on('close', () => {
        for (const subscribers of channels.values()) subscribers.delete(send);
      });
      const commands = {
        connect: ({ token }) => {
          if (connected) return BAD_REQUEST;
          if (token !== 'secret') return INVALID_TOKEN;
          connected = true;
          return { connect: { client, version: '0.0.0 test', ping: 25, pong: true } };
        },
        subscribe: ({ channel }) => {
          const subscribers = channels.get(channel) ?? new Set();
          channels.set(channel, subscribers.add(send));
          return { subscribe: {} };
        },
        unsubscribe: ({ channel }) => {
          channels.get(channel)?.delete(send);
          return { unsubscribe: {} };
        },
        publish: ({ channel, data }) => {
          for (const to of channels.get(channel) ?? []) to({ push: { channel, pub: { data } } });
          return { publish: {} };
        },
        rpc: ({ method, data }) => {
          if (method !== 'add') return { error: { code: METHOD_NOT_FOUND, message: 'method not found' } };
          return { rpc: { data: data[0] + data[1] } };
        },
      };
      const receive = (line) => {
        let command;
        try {
          command = JSON.parse(line);
        } catch {
          return BAD_REQUEST;
        }
        const { id, ...methods } = command;
        const [name] = Object.keys(methods);
        // The answer to a ping.
        if (id === undefined && name === undefined && connected) return undefined;
        const known = Number.isInteger(id) && id > 0 && Object.keys(methods).length === 1 && commands[name];
        if (!known || (!connected && name !== 'connect')) return BAD_REQUEST;
        const reply = known(methods[name]);
        if (typeof reply === 'number') return reply;
        return send({ id, ...reply });
      };
      socket.on('message', (data, isBinary) => {
        for (const line of isBinary ? [''] : `${data}`.trim().split('\n')) {
          const code = receive(line);
          if (code) return socket.close(code, 'bad request');
        }
      });
    });
  });
