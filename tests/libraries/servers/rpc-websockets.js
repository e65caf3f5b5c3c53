// rpc-websockets' own server.
import { Server } from 'rpc-websockets';
import { serve } from './serve.js';

export const start = () =>
  serve((http) => {
    const server = new Server({ server: http });
    server.event('said');
    server.register('add', (numbers) => numbers[0] + numbers[1]);
    server.register('say', (texts) => server.emit('said', texts[0]));
    return () => server.close();
  });
