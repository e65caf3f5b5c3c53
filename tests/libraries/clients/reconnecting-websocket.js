// reconnecting-websocket, from which partysocket was forked.
import ReconnectingWebSocket from 'reconnecting-websocket';
import { reconnect } from './reconnecting.js';

export { expected } from './reconnecting.js';

export const use = (given) => reconnect(ReconnectingWebSocket, given);
