// The server of y-websocket 2: version 3, with the same protocol, contains only the client.
import { createRequire } from 'node:module';
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';

// It loads a second copy of yjs, as CommonJS. yjs warns of that, but the two exchange only bytes.
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
