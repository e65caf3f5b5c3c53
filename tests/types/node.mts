// The types for ES modules in Node, which include `tcp`.
import { lookup } from 'node:dns';
import { configure, type Link, type TcpOptions, type Transport, tcp } from 'websocket-wasm';
import { tcp as alone } from 'websocket-wasm/transports';

configure({ transport: tcp });
export const same: Transport = alone;

const { signal } = new AbortController();
export const transports: Transport[] = [
  tcp,
  tcp(),
  tcp({
    ca: ['', new Uint8Array()],
    cert: '',
    key: Buffer.from(''),
    rejectUnauthorized: true,
    ALPNProtocols: ['chat/1'],
  }),
  tcp({ path: '/run/app.sock', timeout: 1_000 }),
  tcp({ proxy: 'http://proxy.example/', lookup, family: 4 }),
  tcp({ proxy: { url: new URL('https://proxy.example/'), ca: '' } }),
  alone({ proxy: false }),
];
// @ts-expect-error: no such option
tcp({ agent: undefined });
// @ts-expect-error: a number
tcp({ timeout: '1000' });
export const link: Promise<Link> = tcp({ hostname: 'host', port: 80, secure: false, url: 'ws://host/', signal });
export const options: TcpOptions = {};
