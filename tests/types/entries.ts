// Every other entry of the package.
import type { Har as HarOfOthers } from 'har-format';
import { type ArchivedMessage, type Har, harOf, messagesOf, type Recorder, recordOf } from 'websocket-wasm/har';
import DefaultSlim, { init, initSync, WebSocket as Slim } from 'websocket-wasm/slim';
import DefaultStream, { WebSocketError, type WebSocketOpenInfo, WebSocketStream } from 'websocket-wasm/stream';
import { directSockets, native, type Transport, webTransport, wisp } from 'websocket-wasm/transports';
import DefaultWeb, { ready, WebSocket as Web } from 'websocket-wasm/web';
import 'websocket-wasm/deflate';
import 'websocket-wasm/polyfill';
import 'websocket-wasm/tls';
import Default, { type WebSocket } from 'websocket-wasm';

export const same: (typeof WebSocket)[] = [Slim, Web, Default, DefaultSlim, DefaultWeb, DefaultStream];
export const socket: WebSocket = new Default('wss://host/', { headers: { 'X-Token': 'secret' } });
export const loaded: Promise<void>[] = [
  ready,
  init(new URL('https://host/websocket_wasm.wasm')),
  init(fetch('/websocket_wasm.wasm')),
  init(new Uint8Array(8)),
];
initSync(new Uint8Array(8));
// @ts-expect-error: no argument
init(1);
// @ts-expect-error: a URL can't be loaded synchronously
initSync('websocket_wasm.wasm');
export const transports: Transport[] = [
  native,
  wisp('ws://relay.example/'),
  webTransport(new URL('https://relay.example/'), { token: 'secret', congestionControl: 'low-latency' }),
  webTransport('https://relay.example/', {
    serverCertificateHashes: [{ algorithm: 'sha-256', value: new Uint8Array(32) }],
    tls: { servername: 'host' },
  }),
  directSockets({ noDelay: false, dnsQueryType: 'ipv6' }),
];
// @ts-expect-error: not one of the three
webTransport('https://relay.example/', { congestionControl: 'fast' });
// @ts-expect-error: no URL
webTransport();

const stream = new WebSocketStream('wss://host/', { protocols: ['chat'], headers: { 'X-Token': 'secret' } });
export const opened: Promise<WebSocketOpenInfo> = stream.opened;
export const reader: Promise<ReadableStreamDefaultReader<string | Uint8Array>> = opened.then((info) =>
  info.readable.getReader(),
);
stream.close({ closeCode: 1000, reason: 'done' });
stream.closed.then(({ closeCode, reason }) => console.log(closeCode, reason));
export const error: DOMException = new WebSocketError('message', { closeCode: 3000 });
// @ts-expect-error: protocols must be a sequence of strings
new WebSocketStream('wss://host/', { protocols: 1 });

export const recorder: Recorder = recordOf(new Slim('ws://host/'), { maxBytes: 1024, maxMessages: 10 });
// @ts-expect-error: unknown option
recordOf(new Slim('ws://host/'), { limit: 1 });
// @ts-expect-error: not a socket of this package
recordOf(new EventTarget());
export const har: Promise<Har> = recorder.toHar({ sensitive: true });
/** By the types that others share, which lack Chromium's messages of the type `error`. */
type WithoutErrors = Omit<Har['log']['entries'][number], '_webSocketMessages'>;
export const asOthersHaveIt = (log: Har['log'], entries: WithoutErrors[]): HarOfOthers => ({
  log: { ...log, entries },
});
export const joined: Promise<Har> = recorder.entry().then((entry) => harOf([entry]));
export const archived: ArchivedMessage[] = messagesOf('{}');
