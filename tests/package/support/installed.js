// The installed package, for modules outside of this folder, which can't import it by its name.
export { tcp, tls, WebSocket } from 'websocket-wasm';
