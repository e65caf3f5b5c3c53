// PartySocket's ReconnectingWebSocket.
import { WebSocket as ReconnectingWebSocket } from 'partysocket';
import { reconnect } from './reconnecting.js';

export { expected } from './reconnecting.js';

export const use = (given) => reconnect(ReconnectingWebSocket, given);
