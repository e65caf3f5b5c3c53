// The types for ES modules in Node, which include `tcp`.
import { configure, type Transport, tcp } from 'websocket-wasm';
import { tcp as alone } from 'websocket-wasm/transports';

configure({ transport: tcp });
export const same: Transport = alone;
