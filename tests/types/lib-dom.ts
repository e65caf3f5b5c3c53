// With lib.dom: its WebSocket and this package's have the same interface.
import {
  type CloseEvent,
  configure,
  type IPAddressSpace,
  WebSocket,
  type WebSocketConstructor,
  type WebSocketEventMap,
  type WebSocketInit,
} from 'websocket-wasm';
import { webTransport } from 'websocket-wasm/transports';

declare const platform: globalThis.WebSocket;
declare const ours: WebSocket;

/** The standard's dictionary, which no lib.dom has yet (whatwg/websockets PR 76, WICG Local Network Access). */
interface StandardInit {
  protocols?: string | string[];
  targetAddressSpace?: 'public' | 'local' | 'loopback';
}
export const standardAsOurs: WebSocketInit = {} as StandardInit;
export const space: IPAddressSpace | undefined = standardAsOurs.targetAddressSpace;
// @ts-expect-error: not one of the three
new WebSocket('wss://host/', { targetAddressSpace: 'unknown' });
new WebSocket('wss://host/', { maxConnecting: 8 });
configure({ maxConnecting: Number.POSITIVE_INFINITY });
// @ts-expect-error: no number
configure({ maxConnecting: '8' });

export const oursAsTheirs: globalThis.WebSocket = ours;
export const theirsAsOurs: WebSocket = platform;

/** lib.dom's until TypeScript 6, in which the state is any number. */
interface OlderWebSocket extends Omit<globalThis.WebSocket, 'readyState' | `on${keyof globalThis.WebSocketEventMap}`> {
  readonly readyState: number;
  onopen: ((this: OlderWebSocket, ev: Event) => unknown) | null;
  onmessage: ((this: OlderWebSocket, ev: MessageEvent) => unknown) | null;
  onerror: ((this: OlderWebSocket, ev: Event) => unknown) | null;
  onclose: ((this: OlderWebSocket, ev: globalThis.CloseEvent) => unknown) | null;
}
export const oursAsOlder: OlderWebSocket = ours;
ours.onclose = function () {
  console.log(this.url, this.readyState);
  this.onclose = null;
};

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
