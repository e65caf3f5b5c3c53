// reconnecting-websocket, which partysocket grew from.
import ReconnectingWebSocket from 'reconnecting-websocket';
import { reconnect } from './reconnecting.js';

export { expected } from './reconnecting.js';

export const use = (given) => reconnect(ReconnectingWebSocket, given);
