// socket.io's own server: answers an event with its arguments, and greets each connection with text and bytes.
import { Server } from 'socket.io';
import { serve } from './serve.js';

export const start = () =>
  serve((http) => {
    const server = new Server(http, { transports: ['websocket'], cors: { origin: '*' } });
    server.on('connection', (socket) => {
      socket.emit('greeting', 'hello', Buffer.from([1, 2, 3]));
      socket.on('echo', (text, bytes, answer) => answer(text, bytes));
    });
    return () => server.close();
  });
