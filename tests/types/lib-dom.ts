// With lib.dom: its WebSocket and this package's have the same interface.
import { type CloseEvent, WebSocket, type WebSocketConstructor, type WebSocketEventMap } from 'websocket-wasm';
import { webTransport } from 'websocket-wasm/transports';

declare const platform: globalThis.WebSocket;
declare const ours: WebSocket;

export const oursAsTheirs: globalThis.WebSocket = ours;
export const theirsAsOurs: WebSocket = platform;
export const closeAsTheirs: globalThis.CloseEvent = {} as CloseEvent;
export const closeAsOurs: CloseEvent = {} as globalThis.CloseEvent;
export const mapAsTheirs: globalThis.WebSocketEventMap = {} as WebSocketEventMap;
export const mapAsOurs: WebSocketEventMap = {} as globalThis.WebSocketEventMap;

// This class is assignable to the platform's, but because of its options not the reverse.
export const constructorAsTheirs: typeof globalThis.WebSocket = WebSocket;
globalThis.WebSocket = WebSocket;
// @ts-expect-error: the platform's class takes no option bag
export const constructorAsOurs: WebSocketConstructor = globalThis.WebSocket as typeof platformClass;
declare const platformClass: { new (url: string | URL, protocols?: string | string[]): globalThis.WebSocket };

// The types of libraries' options.
export function reconnecting(_: {
  WebSocket: new (url: string, protocols?: string | string[]) => globalThis.WebSocket;
}) {}
reconnecting({ WebSocket });

// The platform's classes, as options.
webTransport('https://relay.example/', { WebTransport });
