// The MQTT broker aedes, over npm `ws`.
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { serve } from './serve.js';

export const start = () =>
  serve(async (http) => {
    const broker = await Aedes.createBroker();
    const server = new WebSocketServer({ server: http, handleProtocols: () => 'mqtt' });
    server.on('connection', (socket) => broker.handle(createWebSocketStream(socket)));
    return () => new Promise((resolve) => broker.close(() => resolve(undefined)));
  });
