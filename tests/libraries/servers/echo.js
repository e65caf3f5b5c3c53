// Sends every message back as it came: npm `ws`.
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';

export const start = () =>
  serve((http) => {
    const server = new WebSocketServer({ server: http });
    server.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  });
