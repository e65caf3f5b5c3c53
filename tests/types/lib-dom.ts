// Beside lib.dom: its WebSocket and ours are the same interface.
import { type CloseEvent, WebSocket, type WebSocketConstructor, type WebSocketEventMap } from 'websocket-wasm';

declare const platform: globalThis.WebSocket;
declare const ours: WebSocket;

export const oursAsTheirs: globalThis.WebSocket = ours;
export const theirsAsOurs: WebSocket = platform;
export const closeAsTheirs: globalThis.CloseEvent = {} as CloseEvent;
export const closeAsOurs: CloseEvent = {} as globalThis.CloseEvent;
export const mapAsTheirs: globalThis.WebSocketEventMap = {} as WebSocketEventMap;
export const mapAsOurs: WebSocketEventMap = {} as globalThis.WebSocketEventMap;

// The class goes where the platform's is asked for, but for its options not the other way round.
export const constructorAsTheirs: typeof globalThis.WebSocket = WebSocket;
globalThis.WebSocket = WebSocket;
// @ts-expect-error: the platform's class takes no option bag
export const constructorAsOurs: WebSocketConstructor = globalThis.WebSocket as typeof platformClass;
declare const platformClass: { new (url: string | URL, protocols?: string | string[]): globalThis.WebSocket };

// What libraries ask for.
export function reconnecting(_: {
  WebSocket: new (url: string, protocols?: string | string[]) => globalThis.WebSocket;
}) {}
reconnecting({ WebSocket });
