// The class of the installed package, for what stands outside of this folder and can't import it by its name.
export { WebSocket } from 'websocket-wasm';
