// The servers that were written from published protocols refuse what isn't the protocol: a client that gets along with them
// speaks it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { startServer } from './servers/index.js';

const END = '\x1e';
const PHOENIX = '/socket/websocket?vsn=2.0.0';

/**
 * Of each server: the path of a connection, paths that are refused with a status, and first messages with the codes with
 * which the connection is closed.
 * @type {Record<string, { path: (url: string) => string | Promise<string>, refused: [string, number][],
 *   closed: [string | Buffer, number][] }>}
 */
const SERVERS = {
  signalr: {
    path: async (url) => {
      const headers = { authorization: 'Bearer secret' };
      const negotiated = `${url.replace('ws', 'http')}/hub/negotiate?negotiateVersion=1`;
      assert.equal((await fetch(negotiated, { method: 'POST' })).status, 401);
      const { connectionToken } = await (await fetch(negotiated, { method: 'POST', headers })).json();
      return `/hub?id=${connectionToken}&access_token=secret`;
    },
    refused: [['/hub?id=unknown&access_token=secret', 404]],
    closed: [
      [`{"type":1,"target":"add","arguments":[2,3]}${END}`, 1005],
      [`{"protocol":"json","version":2}${END}`, 1005],
      [`{"protocol":"other","version":1}${END}`, 1005],
      ['{"protocol":"json","version":1}', 1005],
      [`{"protocol":"json","version":1}${END}{"type":1,"target":"none","arguments":[]}${END}`, 1005],
      [`{${END}`, 1005],
      [Buffer.from(`{"protocol":"json","version":1}${END}`), 1005],
    ],
  },
  phoenix: {
    path: () => `${PHOENIX}&token=secret`,
    refused: [
      [PHOENIX, 401],
      ['/socket/websocket?vsn=1.0.0&token=secret', 401],
    ],
    closed: [
      ['["1","1","room","echo",{}]', 1008],
      ['{"topic":"room","event":"phx_join","payload":{},"ref":"1"}', 1008],
      ['[', 1008],
      [Buffer.from([0, 1, 1, 4, 4]), 1008],
    ],
  },
  supabase: {
    path: () => `${PHOENIX}&apikey=secret`,
    refused: [[`${PHOENIX}&apikey=other`, 401]],
    closed: [
      ['["1","2","realtime:room","access_token",{}]', 1008],
      [Buffer.from('\x03\x01\x01\x0d\x05\x00\x0112realtime:roomshout{}'), 1008],
    ],
  },
  centrifuge: {
    path: () => '/connection/websocket',
    refused: [['/other', 400]],
    closed: [
      ['{"id":1,"subscribe":{"channel":"room"}}', 3501],
      ['{"id":1,"connect":{"token":"other"}}', 3500],
      ['{"connect":{"token":"secret"}}', 3501],
      ['{}', 3501],
      ['connect', 3501],
      [Buffer.from([8, 1]), 3501],
    ],
  },
};

for (const [name, { path, refused, closed }] of Object.entries(SERVERS)) {
  test(`the server of ${name} refuses connections without the token, and other first messages`, async (context) => {
    const server = await startServer(name);
    context.after(server.close);
    for (const [wrong, status] of refused) {
      const [, response] = await once(new WebSocket(server.url + wrong), 'unexpected-response');
      assert.equal(response.statusCode, status, wrong);
      response.destroy();
    }
    for (const [message, code] of closed) {
      const socket = new WebSocket(server.url + (await path(server.url)));
      await once(socket, 'open');
      socket.send(message);
      const [actual] = await once(socket, 'close');
      assert.equal(actual, code, `${message}`);
    }
  });
}
