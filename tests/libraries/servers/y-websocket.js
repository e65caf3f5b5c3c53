// The server of y-websocket 2: version 3 is the client alone, of the same protocol.
import { createRequire } from 'node:module';
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';

// It has a copy of yjs of its own, as CommonJS; yjs warns of that, but only bytes go between the two.
const { docs, setupWSConnection } = createRequire(import.meta.url)('y-websocket-server/bin/utils');

export const start = () =>
  serve((http) => {
    const server = new WebSocketServer({ server: http });
    server.on('connection', setupWSConnection);
    return () => {
      for (const doc of docs.values()) doc.destroy();
      docs.clear();
    };
  });
