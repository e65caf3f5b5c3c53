// Typical code, and code that the types must reject. Compiled with lib.dom, and with Node's types alone.
import {
  type ByteStream,
  type CompressionParameters,
  type Connection,
  type ConnectionFailure,
  type ConnectionStatistics,
  configure,
  connectionOf,
  type FrameEvent,
  type IPAddressSpace,
  type KeepAliveOptions,
  native,
  type Transport,
  WebSocket,
  type WebSocketInit,
  wisp,
} from 'websocket-wasm';

const socket = new WebSocket('ws://host/');
new WebSocket(new URL('ws://host/'), 'chat');
new WebSocket('ws://host/', ['chat', 'superchat']);
new WebSocket('ws://host/', new Set(['chat']));
new WebSocket('ws://host/', { headers: { 'X-Token': 'secret' }, maxMessageSize: 1024, closeTimeout: 1_000 });
new WebSocket('ws://host/', { keepAlive: { interval: 30_000, timeout: 10_000 } });
new WebSocket('ws://host/', { keepAlive: true });
new WebSocket('ws://host/', { keepAlive: {} satisfies KeepAliveOptions });
new WebSocket('ws://host/', { signal: AbortSignal.timeout(1_000), unpairedSurrogates: 'throw', protocols: ['a'] });
// @ts-expect-error: no URL
new WebSocket();
// @ts-expect-error: not a URL
new WebSocket(1);
// @ts-expect-error: unknown option
new WebSocket('ws://host/', { header: {} });
// @ts-expect-error: a number of milliseconds
new WebSocket('ws://host/', { closeTimeout: '1s' });
// @ts-expect-error: one of two values
new WebSocket('ws://host/', { unpairedSurrogates: 'drop' });
// @ts-expect-error: must be called with new
WebSocket('ws://host/');

socket.binaryType = 'arraybuffer';
// @ts-expect-error: a member of npm's ws, not of the standard
socket.binaryType = 'nodebuffer';
socket.onopen = () => socket.send('text');
socket.onmessage = ({ data, origin }) => console.log(data, origin.length);
socket.onerror = (event) => console.log(event.type);
socket.onclose = function ({ code, reason, wasClean }) {
  console.log(this.url, code.toFixed(), reason.length, wasClean === true);
};
socket.onclose = null;
socket.addEventListener('close', ({ code }) => console.log(code.toFixed()), { once: true });
socket.addEventListener('message', { handleEvent: ({ data }) => console.log(data) });
socket.addEventListener('anything', (event) => console.log(event.type));
// @ts-expect-error: a message has no code
socket.addEventListener('message', ({ code }) => console.log(code));
socket.removeEventListener('close', null);
socket.send(new Uint8Array(3));
socket.send(new ArrayBuffer(3));
socket.send(new DataView(new ArrayBuffer(3)));
socket.send(new Blob(['text']));
// @ts-expect-error: shared memory
socket.send(new SharedArrayBuffer(3));
// @ts-expect-error: not a message
socket.send({});
socket.close(1000, 'reason');
// @ts-expect-error: read only
socket.url = '';
export const state: boolean = socket.readyState === WebSocket.OPEN && socket.readyState === socket.OPEN;
export const open: 1 = WebSocket.OPEN;
export const url: string = socket.url + socket.protocol + socket.extensions + socket.bufferedAmount.toFixed();

const connection: Connection = connectionOf(socket);
export const pong: Promise<number> = connection.ping(new Uint8Array(1));
export const pongs: Promise<number>[] = [
  connection.ping(),
  connection.ping(new ArrayBuffer(1)),
  connection.ping(new DataView(new ArrayBuffer(1))),
];
// @ts-expect-error: not bytes
connection.ping('text');
connection.terminate();
connection.send('text', { compress: false });
connection.send(new Blob(['text']), {});
// @ts-expect-error: not a message
connection.send({});
export const transportName: string = connection.transport;
export const compression: CompressionParameters | undefined = connection.compression;
export const windowBits: number | undefined = connection.compression?.clientMaxWindowBits;
export const statistics: ConnectionStatistics | undefined = connection.statistics;
export const ratio: number | undefined = connection.statistics?.sent.compressionRatio;
const onFrame = ({ frame }: FrameEvent) => console.log(frame.opcode.toFixed());
connection.addEventListener('frame', onFrame, { previewBytes: 10, once: true });
connection.addEventListener('ping', ({ payload }) => console.log(payload.length.toFixed()));
connection.addEventListener('pong', { handleEvent: ({ payload }) => console.log(payload.length.toFixed()) });
// @ts-expect-error: the connection has no such event
connection.addEventListener('message', () => {});
connection.removeEventListener('frame', onFrame);
export const failure: ConnectionFailure | undefined = connection.failure;
export const code: string | undefined = connection.failure?.code;
connection.trace(({ sent, opcode, preview }) => console.log(sent === true, opcode.toFixed(), preview.length));
connection.trace(null);
// @ts-expect-error: not constructible
new connection.constructor();

configure({ transport: native });
configure({ transport: wisp('wss://relay.example/') });
const streams: Transport = async ({ hostname, port, secure, url, targetAddressSpace, signal }) => {
  console.log(hostname.length, port.toFixed(), secure === true, url.length, signal.aborted);
  const space: IPAddressSpace | undefined = targetAddressSpace;
  console.log(space === 'loopback');
  // @ts-expect-error: not one of the three
  console.log(targetAddressSpace === 'unknown');
  return {} as ByteStream;
};
export const options: WebSocketInit = { transport: streams, targetAddressSpace: 'local' };
// @ts-expect-error: returns no byte stream
configure({ transport: () => 'bytes' });
// @ts-expect-error: not a function
configure({ transport: 'native' });
