// The class of the installed package, for modules outside of this folder, which can't import it by its name.
export { WebSocket } from 'websocket-wasm';
